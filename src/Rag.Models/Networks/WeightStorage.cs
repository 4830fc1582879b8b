namespace Rag.Models.Networks;

/// <summary>How a checkpoint's matrices are stored beside plain numbers, as "quantization_config" says.</summary>
internal enum WeightStorage
{
    /// <summary>As numbers, or in this library's own forms, which the tensors tell by themselves.</summary>
    Plain,

    /// <summary>"X.weight" in 8-bit floats with "X.weight_scale_inv", one for each square of 128 rows and columns.</summary>
    Float8Blocks,

    /// <summary>"X.qweight" with eight 4-bit values to a word along the inputs, "X.qzeros" stored less 1, "X.scales", "X.g_idx" (GPTQ).</summary>
    Gptq,

    /// <summary>"X.qweight" with eight 4-bit values to a word along the outputs in the order of AWQ's GEMM kernels, "X.qzeros", "X.scales".</summary>
    Awq,

    /// <summary>"X_blocks" with two 4-bit floats to a byte, and "X_scales", a power of two for 32 of them (OCP Microscaling 1.0).</summary>
    MicroscalingFloat4,
}
