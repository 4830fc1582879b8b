namespace Rag.Models.Formats.Safetensors;

/// <summary>The element types of the safetensors format. The values follow the order of alignment that the format gives them.</summary>
public enum TensorDataType
{
    /// <summary>One byte, 0 or 1 (BOOL).</summary>
    Boolean,

    /// <summary>Four-bit float, two to a byte (F4).</summary>
    Float4,

    /// <summary>Six-bit float with two exponent bits (F6_E2M3).</summary>
    Float6E2M3,

    /// <summary>Six-bit float with three exponent bits (F6_E3M2).</summary>
    Float6E3M2,

    /// <summary>Unsigned byte (U8).</summary>
    UInt8,

    /// <summary>Signed byte (I8).</summary>
    Int8,

    /// <summary>Eight-bit float, five exponent bits (F8_E5M2).</summary>
    Float8E5M2,

    /// <summary>Eight-bit float, four exponent bits (F8_E4M3).</summary>
    Float8E4M3,

    /// <summary>Eight-bit power of two (F8_E8M0).</summary>
    Float8E8M0,

    /// <summary>Signed 16-bit integer (I16).</summary>
    Int16,

    /// <summary>Unsigned 16-bit integer (U16).</summary>
    UInt16,

    /// <summary>IEEE half precision (F16).</summary>
    Float16,

    /// <summary>The upper half of a single-precision float (BF16).</summary>
    BFloat16,

    /// <summary>Signed 32-bit integer (I32).</summary>
    Int32,

    /// <summary>Unsigned 32-bit integer (U32).</summary>
    UInt32,

    /// <summary>IEEE single precision (F32).</summary>
    Float32,

    /// <summary>Two single-precision floats (C64).</summary>
    Complex64,

    /// <summary>IEEE double precision (F64).</summary>
    Float64,

    /// <summary>Signed 64-bit integer (I64).</summary>
    Int64,

    /// <summary>Unsigned 64-bit integer (U64).</summary>
    UInt64,
}
