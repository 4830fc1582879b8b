using System.CommandLine;
using Rag.Models.Packing;

namespace Rag.Cli.Commands;

/// <summary>Options that say how a model's matrices are held.</summary>
internal static class WeightsOption
{
    private static readonly (string Name, WeightPrecision Precision)[] Forms =
    [
        ("auto", WeightPrecision.Auto),
        ("f32", WeightPrecision.Single),
        ("f16", WeightPrecision.Half),
        ("int8", WeightPrecision.Int8),
        ("int8-rows", WeightPrecision.Int8Rows),
        ("int4", WeightPrecision.Int4),
        ("stored", WeightPrecision.Stored),
    ];

    /// <summary>What a form is called.</summary>
    public static string NameOf(WeightPrecision precision) => Forms.First(form => form.Precision == precision).Name;

    /// <summary><c>--weights</c>: how a language model's run; without a value where it is not given.</summary>
    /// <param name="absent">What that means, for the help.</param>
    public static Option<WeightPrecision?> Create(WeightPrecision absent) => Create(
        "--weights",
        $"How a language model's weights run: f32 (exact), f16 (half the room, no faster), int8 (twice as fast, hardly any loss), int8-rows (with VNNI prompts two to three times as fast again), int4 (smaller, some loss), stored (packed ones as they are), auto (int8, or as stored in less; int8-rows where that is faster here and was measured to lose next to nothing); default: {NameOf(absent)}.",
        Forms);

    /// <summary><c>--embedding-weights</c>: how a sentence encoder's run; without a value where it is not given.</summary>
    public static Option<WeightPrecision?> ForEncoders() => Create(
        "--embedding-weights",
        "How the sentence encoder's weights run: f32 (exact) or int8 (1.7 times as fast with VNNI, hardly any loss); default: as the index was made, else f32.",
        [.. Forms.Where(form => form.Precision is WeightPrecision.Single or WeightPrecision.Int8)]);

    private static Option<WeightPrecision?> Create(string name, string description, (string Name, WeightPrecision Precision)[] forms) =>
        new Option<WeightPrecision?>(name) { HelpName = "FORM", Description = description }.Parsed(
            string.Join(", ", forms.Select(form => form.Name)),
            text => Array.Find(forms, form => form.Name == text) is { Name: not null } found ? found.Precision : (WeightPrecision?)null);
}
