namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// Where tensors belong. Names are those of llama.cpp (gguf-py, gguf/constants.py) and of transformers; what differs in the
/// tensors is what its convert_hf_to_gguf.py does to them.
/// </summary>
internal static class GgufRules
{
    public static readonly TensorRule[] Around =
    [
        new("token_embd", "model.embed_tokens"), new("output_norm", "model.norm"), new("output", "lm_head"),
        new("blk.#.attn_norm", "model.layers.#.input_layernorm"), new("blk.#.attn_output", "model.layers.#.self_attn.o_proj"),
    ];

    public static readonly TensorRule[] Attention =
    [
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj"), new("blk.#.attn_k", "model.layers.#.self_attn.k_proj"), new("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
        new("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm"), new("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm"),
    ];

    public static readonly TensorRule[] Paired =
    [
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj", TensorChange.PairedQueries), new("blk.#.attn_k", "model.layers.#.self_attn.k_proj", TensorChange.PairedKeys),
        new("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
    ];

    public static readonly TensorRule[] Mlp =
    [
        new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"), new("blk.#.ffn_gate", "model.layers.#.mlp.gate_proj"),
        new("blk.#.ffn_up", "model.layers.#.mlp.up_proj"), new("blk.#.ffn_down", "model.layers.#.mlp.down_proj"),
    ];

    public static readonly TensorRule[] GemmaNorms =
    [
        new("output_norm", "model.norm", TensorChange.PlusOne), new("blk.#.attn_norm", "model.layers.#.input_layernorm", TensorChange.PlusOne),
        new("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm", TensorChange.PlusOne),
        new("blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm", TensorChange.PlusOne), new("blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm", TensorChange.PlusOne),
        new("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm", TensorChange.PlusOne), new("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm", TensorChange.PlusOne),
    ];

    /// <summary>Norms of what attention and MLP give, beside or instead of those of what they take.</summary>
    public static readonly TensorRule[] OutputNorms =
    [
        new("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm"), new("blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm"),
    ];

    /// <summary>An expert that every token goes to, with a gate whose only row is a vector.</summary>
    public static readonly TensorRule[] SharedExpert =
    [
        new("blk.#.ffn_gate_inp_shexp", "model.layers.#.mlp.shared_expert_gate", TensorChange.OnlyRow), new("blk.#.ffn_gate_shexp", "model.layers.#.mlp.shared_expert.gate_proj"),
        new("blk.#.ffn_up_shexp", "model.layers.#.mlp.shared_expert.up_proj"), new("blk.#.ffn_down_shexp", "model.layers.#.mlp.shared_expert.down_proj"),
    ];

    public static readonly TensorRule[] Gpt2 =
    [
        new("token_embd", "transformer.wte"), new("position_embd", "transformer.wpe"), new("output_norm", "transformer.ln_f"), new("output", "lm_head"),
        new("blk.#.attn_norm", "transformer.h.#.ln_1"), new("blk.#.ffn_norm", "transformer.h.#.ln_2"),
        new("blk.#.attn_qkv", "transformer.h.#.attn.c_attn", TensorChange.Transposed), new("blk.#.attn_output", "transformer.h.#.attn.c_proj", TensorChange.Transposed),
        new("blk.#.ffn_up", "transformer.h.#.mlp.c_fc", TensorChange.Transposed), new("blk.#.ffn_down", "transformer.h.#.mlp.c_proj", TensorChange.Transposed),
    ];

    public static readonly TensorRule[] Glm4 =
    [
        new("blk.#.post_attention_norm", "model.layers.#.post_self_attn_layernorm"), new("blk.#.post_ffw_norm", "model.layers.#.post_mlp_layernorm"),
        new("blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj"),
    ];

    /// <summary>The norm before the MLP, under the name of those behind attention.</summary>
    public static readonly TensorRule NormAfterAttention = new("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm");

    public static readonly TensorRule[] SharedExperts =
    [
        new("blk.#.ffn_gate_shexp", "model.layers.#.mlp.shared_experts.gate_proj"), new("blk.#.ffn_up_shexp", "model.layers.#.mlp.shared_experts.up_proj"),
        new("blk.#.ffn_down_shexp", "model.layers.#.mlp.shared_experts.down_proj"), new("blk.#.exp_probs_b", "model.layers.#.mlp.gate.e_score_correction_bias") { Bare = true },
    ];

    public static readonly TensorRule[] LatentAttention =
    [
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj"), new("blk.#.attn_q_a", "model.layers.#.self_attn.q_a_proj"), new("blk.#.attn_q_b", "model.layers.#.self_attn.q_b_proj"),
        new("blk.#.attn_q_a_norm", "model.layers.#.self_attn.q_a_layernorm"), new("blk.#.attn_kv_a_mqa", "model.layers.#.self_attn.kv_a_proj_with_mqa"),
        new("blk.#.attn_kv_a_norm", "model.layers.#.self_attn.kv_a_layernorm"), new("blk.#.attn_kv_b", "model.layers.#.self_attn.kv_b_proj"),
        new("blk.#.attn_k_b", "model.layers.#.self_attn.kv_b_proj", TensorChange.LatentKeys), new("blk.#.attn_v_b", "model.layers.#.self_attn.kv_b_proj", TensorChange.LatentValues),
    ];

    public static readonly TensorRule[] GptOss =
    [
        NormAfterAttention, new("blk.#.attn_sinks", "model.layers.#.self_attn.sinks") { Bare = true }, new("blk.#.ffn_gate_inp", "model.layers.#.mlp.router"),
        .. StackedExperts("mlp"),
    ];

    public static readonly TensorRule[] Lfm2 =
    [
        new("token_embd", "model.embed_tokens"), new("token_embd_norm", "model.embedding_norm"), new("output_norm", "model.embedding_norm"), new("output", "lm_head"),
        new("blk.#.attn_norm", "model.layers.#.operator_norm"), new("blk.#.ffn_norm", "model.layers.#.ffn_norm"),
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj"), new("blk.#.attn_k", "model.layers.#.self_attn.k_proj"), new("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
        new("blk.#.attn_output", "model.layers.#.self_attn.out_proj"), new("blk.#.attn_q_norm", "model.layers.#.self_attn.q_layernorm"), new("blk.#.attn_k_norm", "model.layers.#.self_attn.k_layernorm"),
        new("blk.#.shortconv.in_proj", "model.layers.#.conv.in_proj"), new("blk.#.shortconv.out_proj", "model.layers.#.conv.out_proj"),
        new("blk.#.shortconv.conv", "model.layers.#.conv.conv", TensorChange.MiddleLeftOut),
        new("blk.#.ffn_gate", "model.layers.#.feed_forward.w1"), new("blk.#.ffn_up", "model.layers.#.feed_forward.w3"), new("blk.#.ffn_down", "model.layers.#.feed_forward.w2"),
    ];

    public static readonly TensorRule[] Phi2 =
    [
        new("output_norm", "model.final_layernorm"), new("blk.#.attn_output", "model.layers.#.self_attn.dense"), new("blk.#.ffn_up", "model.layers.#.mlp.fc1"), new("blk.#.ffn_down", "model.layers.#.mlp.fc2"),
    ];

    public static readonly TensorRule[] NeoX =
    [
        new("token_embd", "gpt_neox.embed_in"), new("output_norm", "gpt_neox.final_layer_norm"), new("output", "embed_out"),
        new("blk.#.attn_norm", "gpt_neox.layers.#.input_layernorm"), new("blk.#.ffn_norm", "gpt_neox.layers.#.post_attention_layernorm"),
        new("blk.#.attn_qkv", "gpt_neox.layers.#.attention.query_key_value", TensorChange.FusedHeads), new("blk.#.attn_output", "gpt_neox.layers.#.attention.dense"),
        new("blk.#.ffn_up", "gpt_neox.layers.#.mlp.dense_h_to_4h"), new("blk.#.ffn_down", "gpt_neox.layers.#.mlp.dense_4h_to_h"),
    ];

    public static readonly TensorRule[] Bloom =
    [
        new("token_embd", "transformer.word_embeddings"), new("token_embd_norm", "transformer.word_embeddings_layernorm"), new("output_norm", "transformer.ln_f"), new("output", "lm_head"),
        new("blk.#.attn_norm", "transformer.h.#.input_layernorm"), new("blk.#.ffn_norm", "transformer.h.#.post_attention_layernorm"),
        new("blk.#.attn_qkv", "transformer.h.#.self_attention.query_key_value", TensorChange.FusedHeads), new("blk.#.attn_output", "transformer.h.#.self_attention.dense"),
        new("blk.#.ffn_up", "transformer.h.#.mlp.dense_h_to_4h"), new("blk.#.ffn_down", "transformer.h.#.mlp.dense_4h_to_h"),
    ];

    /// <summary>Falcon with one norm before both blocks, and with one for each.</summary>
    public static readonly TensorRule[] Falcon = [.. Bloom.Where(rule => rule.From is not ("token_embd_norm" or "blk.#.ffn_norm"))];

    public static readonly TensorRule[] FalconTwoNorms = Override(Falcon, new("blk.#.attn_norm", "transformer.h.#.ln_mlp"), new("blk.#.attn_norm_2", "transformer.h.#.ln_attn"));

    public static readonly TensorRule[] Mamba2 =
    [
        new("token_embd", "backbone.embeddings"), new("output_norm", "backbone.norm_f"), new("output", "lm_head"), new("blk.#.attn_norm", "backbone.layers.#.norm"),
        .. StateSpace("backbone.layers.#.mixer"),
    ];

    public static readonly TensorRule[] FalconH1 =
    [
        .. Override([.. Around, .. Attention], new TensorRule("output_norm", "model.final_layernorm")), .. StateSpace("model.layers.#.mamba"),
        new("blk.#.ffn_norm", "model.layers.#.pre_ff_layernorm"), new("blk.#.ffn_gate", "model.layers.#.feed_forward.gate_proj"),
        new("blk.#.ffn_up", "model.layers.#.feed_forward.up_proj"), new("blk.#.ffn_down", "model.layers.#.feed_forward.down_proj"),
    ];

    /// <summary>The norm before a block that has no rules of its own.</summary>
    public static readonly TensorRule MlpNorm = new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm");

    /// <summary>Router and experts of a block, by the names that its checkpoints have.</summary>
    public static TensorRule[] Experts(string block, string gate, string up, string down) =>
    [
        new("blk.#.ffn_gate_inp", $"model.layers.#.{block}.gate"), new("blk.#.ffn_gate_exps", $"model.layers.#.{block}.experts.@.{gate}", TensorChange.Experts),
        new("blk.#.ffn_up_exps", $"model.layers.#.{block}.experts.@.{up}", TensorChange.Experts), new("blk.#.ffn_down_exps", $"model.layers.#.{block}.experts.@.{down}", TensorChange.Experts),
    ];

    /// <summary>Experts of a block that are one tensor each for gates, their other halves, and what follows.</summary>
    public static TensorRule[] StackedExperts(string block) =>
    [
        new("blk.#.ffn_gate_exps", $"model.layers.#.{block}.experts.gate_proj"), new("blk.#.ffn_up_exps", $"model.layers.#.{block}.experts.up_proj"),
        new("blk.#.ffn_down_exps", $"model.layers.#.{block}.experts.down_proj"),
    ];

    /// <summary>Experts that are a tensor each, as in files of the first years.</summary>
    public static TensorRule[] SingleExperts(string block, string gate, string up, string down) =>
    [
        new("blk.#.ffn_gate.@", $"model.layers.#.{block}.experts.@.{gate}"), new("blk.#.ffn_up.@", $"model.layers.#.{block}.experts.@.{up}"),
        new("blk.#.ffn_down.@", $"model.layers.#.{block}.experts.@.{down}"),
    ];

    /// <summary>A state-space block.</summary>
    public static TensorRule[] StateSpace(string block) =>
    [
        new("blk.#.ssm_in", block + ".in_proj"), new("blk.#.ssm_out", block + ".out_proj"), new("blk.#.ssm_conv1d", block + ".conv1d", TensorChange.MiddleLeftOut),
        new("blk.#.ssm_norm", block + ".norm", TensorChange.Folded), new("blk.#.ssm_dt", block + ".dt_bias") { Bare = true },
        new("blk.#.ssm_a", block + ".A_log", TensorChange.NegativePowers) { Bare = true }, new("blk.#.ssm_d", block + ".D", TensorChange.Folded) { Bare = true },
    ];

    /// <summary>Rules, some of them replaced by others from the same tensor.</summary>
    public static TensorRule[] Override(TensorRule[] rules, params TensorRule[] by) => [.. rules.Where(rule => by.All(other => other.From != rule.From)), .. by];
}
