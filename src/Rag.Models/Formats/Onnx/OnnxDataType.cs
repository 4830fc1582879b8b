namespace Rag.Models.Formats.Onnx;

/// <summary>Element types with their numbers in onnx.proto (TensorProto.DataType).</summary>
internal enum OnnxDataType
{
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Boolean = 9,
    Float16 = 10,
    Float64 = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
    Float8E4M3 = 17,
}
