using System.Globalization;
using System.Text.Json;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>Reads values of sampling options from JSON.</summary>
internal static class SamplingValues
{
    /// <summary>A number, or a text that is one.</summary>
    public static float Number(this JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? float.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetSingle();

    /// <summary>A whole number; one that is written as 50.0 is one too.</summary>
    public static int Integer(this JsonElement value)
    {
        double number = value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble();
        return number == Math.Truncate(number) ? checked((int)number) : throw new FormatException($"{number.ToString(CultureInfo.InvariantCulture)} is no whole number.");
    }

    /// <summary>A list of whole numbers, or one of them.</summary>
    public static int[] Integers(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Integer)] : [value.Integer()];

    /// <summary>[[[ids], bias], ...], as generation_config.json has it, or objects with tokens and bias.</summary>
    public static SequenceBias[] Biases(this JsonElement value) => [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object
        ? new SequenceBias(item.GetProperty("tokens").Integers(), item.GetProperty("bias").Number())
        : new SequenceBias(item[0].Integers(), item[1].Number()))];

    /// <summary>{"id": bias, ...}.</summary>
    public static Dictionary<int, float> BiasesByToken(this JsonElement value) => value.EnumerateObject().ToDictionary(
        item => int.Parse(item.Name, CultureInfo.InvariantCulture), item => item.Value.Number());

    /// <summary>"transformers" or "llama.cpp".</summary>
    public static SamplingOrder Order(this JsonElement value) => value.GetString() switch
    {
        "transformers" => SamplingOrder.Transformers,
        "llama.cpp" => SamplingOrder.LlamaCpp,
        string other => throw new FormatException($"'{other}' is neither transformers nor llama.cpp."),
        null => SamplingOrder.Transformers,
    };
}
