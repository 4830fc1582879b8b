using System.Collections.Frozen;

namespace Rag.Models.Formats.Safetensors;

/// <summary>Names and widths of the element types, as the format's reference reader has them.</summary>
internal static class TensorDataTypes
{
    private static readonly FrozenDictionary<string, TensorDataType> ByName = new Dictionary<string, TensorDataType>(StringComparer.Ordinal)
    {
        ["BOOL"] = TensorDataType.Boolean,
        ["F4"] = TensorDataType.Float4,
        ["F6_E2M3"] = TensorDataType.Float6E2M3,
        ["F6_E3M2"] = TensorDataType.Float6E3M2,
        ["U8"] = TensorDataType.UInt8,
        ["I8"] = TensorDataType.Int8,
        ["F8_E5M2"] = TensorDataType.Float8E5M2,
        ["F8_E4M3"] = TensorDataType.Float8E4M3,
        ["F8_E8M0"] = TensorDataType.Float8E8M0,
        ["I16"] = TensorDataType.Int16,
        ["U16"] = TensorDataType.UInt16,
        ["F16"] = TensorDataType.Float16,
        ["BF16"] = TensorDataType.BFloat16,
        ["I32"] = TensorDataType.Int32,
        ["U32"] = TensorDataType.UInt32,
        ["F32"] = TensorDataType.Float32,
        ["C64"] = TensorDataType.Complex64,
        ["F64"] = TensorDataType.Float64,
        ["I64"] = TensorDataType.Int64,
        ["U64"] = TensorDataType.UInt64,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<TensorDataType, string> Names = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    public static bool TryParse(string name, out TensorDataType type) => ByName.TryGetValue(name, out type);

    public static string NameOf(TensorDataType type) => Names[type];

    /// <summary>Bits of one element.</summary>
    public static int BitsOf(TensorDataType type) => type switch
    {
        TensorDataType.Float4 => 4,
        TensorDataType.Float6E2M3 or TensorDataType.Float6E3M2 => 6,
        TensorDataType.Int16 or TensorDataType.UInt16 or TensorDataType.Float16 or TensorDataType.BFloat16 => 16,
        TensorDataType.Int32 or TensorDataType.UInt32 or TensorDataType.Float32 => 32,
        TensorDataType.Int64 or TensorDataType.UInt64 or TensorDataType.Float64 or TensorDataType.Complex64 => 64,
        _ => 8,
    };
}
