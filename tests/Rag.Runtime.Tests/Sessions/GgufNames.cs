using System.Globalization;
using System.Text.RegularExpressions;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// What tensors of Hugging Face checkpoints are called in GGUF, as llama.cpp's converter names them (gguf-py, tensor_mapping.py).
/// Written down apart from the library's own rules, so that a mistake in either shows.
/// </summary>
internal static partial class GgufNames
{
    private static readonly Dictionary<string, string> Outside = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens"] = "token_embd", ["gpt_neox.embed_in"] = "token_embd", ["transformer.word_embeddings"] = "token_embd",
        ["transformer.word_embeddings_layernorm"] = "token_embd_norm", ["model.embedding_norm"] = "token_embd_norm", ["backbone.embeddings"] = "token_embd", ["backbone.norm_f"] = "output_norm",
        ["model.norm"] = "output_norm", ["gpt_neox.final_layer_norm"] = "output_norm", ["transformer.ln_f"] = "output_norm", ["model.final_layernorm"] = "output_norm",
        ["lm_head"] = "output", ["embed_out"] = "output",
    };

    private static readonly Dictionary<string, string> Inside = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm", ["operator_norm"] = "attn_norm", ["ln_mlp"] = "attn_norm", ["ln_attn"] = "attn_norm_2",
        ["post_self_attn_layernorm"] = "post_attention_norm", ["post_mlp_layernorm"] = "post_ffw_norm", ["post_feedforward_layernorm"] = "post_ffw_norm", ["ffn_norm"] = "ffn_norm",
        ["self_attn.q_proj"] = "attn_q", ["self_attn.k_proj"] = "attn_k", ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output", ["self_attn.out_proj"] = "attn_output", ["self_attn.dense"] = "attn_output", ["attention.dense"] = "attn_output", ["self_attention.dense"] = "attn_output",
        ["attention.query_key_value"] = "attn_qkv", ["self_attention.query_key_value"] = "attn_qkv",
        ["self_attn.q_norm"] = "attn_q_norm", ["self_attn.k_norm"] = "attn_k_norm", ["self_attn.q_layernorm"] = "attn_q_norm", ["self_attn.k_layernorm"] = "attn_k_norm",
        ["self_attn.sinks"] = "attn_sinks.weight",
        ["self_attn.q_a_proj"] = "attn_q_a", ["self_attn.q_b_proj"] = "attn_q_b", ["self_attn.kv_a_proj_with_mqa"] = "attn_kv_a_mqa", ["self_attn.kv_b_proj"] = "attn_kv_b",
        ["self_attn.q_a_layernorm"] = "attn_q_a_norm", ["self_attn.kv_a_layernorm"] = "attn_kv_a_norm",
        ["mlp.gate_proj"] = "ffn_gate", ["mlp.up_proj"] = "ffn_up", ["mlp.down_proj"] = "ffn_down", ["mlp.gate_up_proj"] = "ffn_up", ["mlp.fc1"] = "ffn_up", ["mlp.fc2"] = "ffn_down",
        ["mlp.dense_h_to_4h"] = "ffn_up", ["mlp.dense_4h_to_h"] = "ffn_down",
        ["feed_forward.w1"] = "ffn_gate", ["feed_forward.w3"] = "ffn_up", ["feed_forward.w2"] = "ffn_down",
        ["conv.conv"] = "shortconv.conv", ["conv.in_proj"] = "shortconv.in_proj", ["conv.out_proj"] = "shortconv.out_proj",
        ["feed_forward.gate_proj"] = "ffn_gate", ["feed_forward.up_proj"] = "ffn_up", ["feed_forward.down_proj"] = "ffn_down", ["pre_ff_layernorm"] = "ffn_norm", ["norm"] = "attn_norm",
        ["mixer.in_proj"] = "ssm_in", ["mixer.out_proj"] = "ssm_out", ["mixer.conv1d"] = "ssm_conv1d", ["mixer.norm"] = "ssm_norm",
        ["mixer.A_log"] = "ssm_a", ["mixer.D"] = "ssm_d", ["mixer.dt_bias"] = "ssm_dt.bias",
        ["mamba.in_proj"] = "ssm_in", ["mamba.out_proj"] = "ssm_out", ["mamba.conv1d"] = "ssm_conv1d", ["mamba.norm"] = "ssm_norm",
        ["mamba.A_log"] = "ssm_a", ["mamba.D"] = "ssm_d", ["mamba.dt_bias"] = "ssm_dt.bias",
        ["mlp.gate"] = "ffn_gate_inp", ["mlp.router"] = "ffn_gate_inp", ["block_sparse_moe.gate"] = "ffn_gate_inp", ["block_sparse_moe.router.layer"] = "ffn_gate_inp",
        ["mlp.gate.e_score_correction_bias"] = "exp_probs_b.bias",
        ["mlp.shared_experts.gate_proj"] = "ffn_gate_shexp", ["mlp.shared_experts.up_proj"] = "ffn_up_shexp", ["mlp.shared_experts.down_proj"] = "ffn_down_shexp",
        ["block_sparse_moe.output_linear"] = "ffn_down_exps",
    };

    /// <summary>The other name of a tensor that is stored as it is.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="normBeforeMlp">What "post_attention_layernorm" is called.</param>
    public static string Of(string name, string normBeforeMlp)
    {
        Match match = Layer().Match(name);
        string suffix = name.EndsWith(".weight", StringComparison.Ordinal) ? ".weight" : name.EndsWith(".bias", StringComparison.Ordinal) ? ".bias" : "";
        if (!match.Success)
        {
            return Outside[name[..^suffix.Length]] + suffix;
        }

        string inner = match.Groups["rest"].Value;
        inner = inner[..^suffix.Length];
        string layer = string.Create(CultureInfo.InvariantCulture, $"blk.{match.Groups["layer"].Value}.");
        return layer + (inner == "post_attention_layernorm" ? normBeforeMlp : Inside[inner]) + suffix;
    }

    [GeneratedRegex(@"^(?:model|gpt_neox|transformer|backbone)\.(?:layers|h)\.(?<layer>\d+)\.(?<rest>.+)$")]
    private static partial Regex Layer();
}
