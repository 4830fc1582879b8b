using System.CommandLine;
using Rag.Models.Packing;

namespace Rag.Cli.Commands;

/// <summary><c>--weights</c>: how a language model's matrices are held.</summary>
internal static class WeightsOption
{
    private static readonly Dictionary<string, WeightPrecision> Names = new(StringComparer.Ordinal)
    {
        ["auto"] = WeightPrecision.Auto,
        ["f32"] = WeightPrecision.Single,
        ["int8"] = WeightPrecision.Int8,
        ["int4"] = WeightPrecision.Int4,
        ["stored"] = WeightPrecision.Stored,
    };

    /// <summary>What a form is called.</summary>
    public static string NameOf(WeightPrecision precision) => Names.First(pair => pair.Value == precision).Key;

    public static Option<WeightPrecision> Create()
    {
        var option = new Option<WeightPrecision>("--weights")
        {
            HelpName = "FORM",
            Description = "How the language model's weights run: f32 (exact), int8 (the default, 'auto': hardly any loss, twice as fast), int4 (smaller still, with a loss), stored (packed ones as they are).",
            DefaultValueFactory = _ => WeightPrecision.Auto,
        };
        option.CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (Names.TryGetValue(text, out WeightPrecision precision))
            {
                return precision;
            }

            result.AddError($"--weights takes {string.Join(", ", Names.Keys)}, not '{text}'.");
            return WeightPrecision.Auto;
        };
        return option;
    }
}
