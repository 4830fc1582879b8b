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

    /// <summary>The option; without a value where it is not given.</summary>
    /// <param name="absent">What that means, for the help.</param>
    public static Option<WeightPrecision?> Create(WeightPrecision absent)
    {
        var option = new Option<WeightPrecision?>("--weights")
        {
            HelpName = "FORM",
            Description = $"How a language model's weights run: f32 (exact), int8 (twice as fast, hardly any loss), int4 (smaller, some loss), stored (packed ones as they are), auto (int8, or as stored in less); default: {NameOf(absent)}.",
        };
        option.CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (Names.TryGetValue(text, out WeightPrecision precision))
            {
                return precision;
            }

            result.AddError($"--weights takes {string.Join(", ", Names.Keys)}, not '{text}'.");
            return null;
        };
        return option;
    }
}
