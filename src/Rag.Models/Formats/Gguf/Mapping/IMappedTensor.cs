using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>A tensor as a Hugging Face checkpoint holds it, made from what GGUF files hold whenever it is read.</summary>
internal interface IMappedTensor
{
    /// <summary>Its name in the checkpoint.</summary>
    string Name { get; }

    /// <summary>The tensor for a writer.</summary>
    StreamedTensor ToStreamed();

    /// <summary>The tensor as it is described to who reads it; the place is that of its first source.</summary>
    TensorInfo ToInfo();

    /// <summary>Reads bytes from one of them on, as many as there is room for; at the start of a block of the source.</summary>
    void ReadBytes(Span<byte> to, long start);

    /// <summary>Reads values from one of them on, as many as there is room for; at the start of a block of the source.</summary>
    void ReadSingles(Span<float> values, long first);

    /// <summary>Its rows as the source packs them; null where a kernel does not take them so.</summary>
    /// <param name="transposed">Whether the columns are meant.</param>
    PackedRows? OpenPacked(bool transposed);
}
