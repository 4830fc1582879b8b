using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>What config.json says of families with state-space blocks.</summary>
internal static class GgufStateSpaceConfiguration
{
    public static void Mamba2(GgufSettings settings, JsonObject config)
    {
        (int heads, int headSize) = Heads(settings);
        config["hidden_size"] = settings.RequireCount("embedding_length");
        config["num_hidden_layers"] = settings.RequireCount("block_count");
        config["num_heads"] = heads;
        config["head_dim"] = headSize;
        config["n_groups"] = settings.Count("ssm.group_count") ?? 1;
        config["state_size"] = settings.RequireCount("ssm.state_size");
        config["conv_kernel"] = settings.RequireCount("ssm.conv_kernel");
        config["layer_norm_epsilon"] = settings.RequireNumber("attention.layer_norm_rms_epsilon");
        config["use_bias"] = settings.Has("blk.0.ssm_in.bias");
        config["use_conv_bias"] = settings.Has("blk.0.ssm_conv1d.bias");
    }

    // The converter multiplies its many factors into the weights.
    public static void FalconH1(GgufSettings settings, JsonObject config)
    {
        (int heads, _) = Heads(settings);
        GgufConfiguration.WriteCommon(settings, config);
        config["mamba_n_heads"] = heads;
        config["mamba_d_ssm"] = settings.RequireCount("ssm.inner_size");
        config["mamba_n_groups"] = settings.Count("ssm.group_count") ?? 1;
        config["mamba_d_state"] = settings.RequireCount("ssm.state_size");
        config["mamba_d_conv"] = settings.RequireCount("ssm.conv_kernel");
        config["mamba_rms_norm"] = settings.Has("blk.0.ssm_norm.weight");
        config["mamba_norm_before_gate"] = false;
        config["mamba_proj_bias"] = settings.Has("blk.0.ssm_in.bias");
        config["mamba_conv_bias"] = settings.Has("blk.0.ssm_conv1d.bias");
    }

    private static (int Heads, int HeadSize) Heads(GgufSettings settings)
    {
        (int inner, int heads) = (settings.RequireCount("ssm.inner_size"), settings.RequireCount("ssm.time_step_rank"));
        return inner % heads == 0 ? (heads, inner / heads) : throw new CorruptException(
            $"{settings.FilePath}: '{settings.Architecture}.ssm.inner_size', {inner}, must be a multiple of '{settings.Architecture}.ssm.time_step_rank', {heads}.", settings.FilePath);
    }
}
