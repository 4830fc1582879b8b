namespace Rag.Models.Packing;

/// <summary>
/// How the matrices of a decoder are held and multiplied. Vectors, norms, routers and word embeddings keep their stored values
/// (embeddings that are the last matrix as well are looked up in that); what goes from operator to operator is single precision.
/// </summary>
public enum WeightPrecision
{
    /// <summary>In single precision; what a checkpoint holds quantised is widened, exactly. Results equal the reference implementation's.</summary>
    Single,

    /// <summary>
    /// Those that the checkpoint holds in a quantised form that a kernel takes (GPTQ and AWQ without reordered inputs, Q4_0 and
    /// Q8_0 of GGUF, this library's own int8) stay packed, value for value; the others are as in <see cref="Single"/>.
    /// </summary>
    Stored,

    /// <summary>Eight bits a value with one scale for 32 to 128 neighbours of a row; what the checkpoint holds in fewer bits stays as in <see cref="Stored"/>.</summary>
    Int8,

    /// <summary>Four bits a value with one scale for 32 neighbours of a row, eight in the last matrix, which makes the logits, and in experts; what the checkpoint holds in four bits stays as in <see cref="Stored"/>.</summary>
    Int4,

    /// <summary>
    /// What suits most models: <see cref="Int8"/>, whose loss is hardly measurable; <see cref="Single"/> where packed weights cannot be kept.
    /// <see cref="Int8Rows"/> where kernels were timed and that is faster on this machine, and the model was measured to lose next to nothing by it.
    /// </summary>
    Auto,

    /// <summary>
    /// Half precision, in which many checkpoints are published: those in single precision take half the room. A CPU computes in single
    /// precision with it, and so no faster. Experts stay as they are stored.
    /// </summary>
    Half,

    /// <summary>
    /// Eight bits with one scale for a whole row of a matrix, and one for all that goes in for a token. On processors with instructions for
    /// products of bytes (VNNI, AMX) prompts and several rows at once are multiplied two to three times as fast as in <see cref="Int8"/>,
    /// whose blocks forgive outliers better. Experts are as in <see cref="Int8"/>.
    /// </summary>
    Int8Rows,
}
