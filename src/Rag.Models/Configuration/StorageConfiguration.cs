using Rag.Models.Networks;

namespace Rag.Models.Configuration;

/// <summary>Reads "quantization_config" (transformers quantization_config.py).</summary>
internal static class StorageConfiguration
{
    /// <summary>How the matrices are stored.</summary>
    /// <exception cref="UnsupportedException">The method, or a setting of it, is not supported.</exception>
    public static WeightStorage Read(ModelConfiguration config)
    {
        if (config.Section("quantization_config") is not { } settings)
        {
            return WeightStorage.Plain;
        }

        string method = settings.String("quant_method") ?? "";
        WeightStorage? storage = method switch
        {
            "fp8" when settings.Doubles("weight_block_size") is [128, 128] => WeightStorage.Float8Blocks,
            "gptq" when settings.Count("bits", 4) == 4 && (settings.String("checkpoint_format") ?? "gptq") == "gptq" => WeightStorage.Gptq,
            "awq" when settings.Count("bits", 4) == 4 && string.Equals(settings.String("version") ?? "gemm", "gemm", StringComparison.OrdinalIgnoreCase)
                && settings.Boolean("zero_point", absent: true) => WeightStorage.Awq,
            "mxfp4" => WeightStorage.MicroscalingFloat4,
            _ => null,
        };
        return storage ?? throw new UnsupportedException(
            $"{config.Path}: the model_type '{config.ModelType}' is stored by the method '{method}' with settings that are not supported (quantization_config); these are: fp8 with blocks of 128 x 128, gptq and awq (gemm, with zero points) with 4 bits, mxfp4, and weights in F32, F16 or BF16.", config.Path);
    }
}
