using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing;

/// <summary>The tensors of a packed matrix.</summary>
/// <param name="Form">How they are to be read.</param>
/// <param name="Values">U8 [rows, blocks, bytes of a block], F16 [rows, columns], or I8 [columns, rows] where it is turned.</param>
/// <param name="Scales">F32 [rows, blocks], [rows] where it is turned; null for half precision.</param>
/// <param name="Zeros">U8 [rows, bytes], packed as the values are; null where there are none.</param>
internal sealed record PackedMatrix(PackedForm Form, TensorInfo Values, TensorInfo? Scales, TensorInfo? Zeros);
