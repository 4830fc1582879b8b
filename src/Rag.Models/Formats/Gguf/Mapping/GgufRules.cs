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

    /// <summary>The norm before a block that has no rules of its own.</summary>
    public static readonly TensorRule MlpNorm = new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm");

    /// <summary>Router and experts of a block, by the names that its checkpoints have.</summary>
    public static TensorRule[] Experts(string block, string gate, string up, string down) =>
    [
        new("blk.#.ffn_gate_inp", $"model.layers.#.{block}.gate"), new("blk.#.ffn_gate_exps", $"model.layers.#.{block}.experts.@.{gate}", TensorChange.Experts),
        new("blk.#.ffn_up_exps", $"model.layers.#.{block}.experts.@.{up}", TensorChange.Experts), new("blk.#.ffn_down_exps", $"model.layers.#.{block}.experts.@.{down}", TensorChange.Experts),
    ];

    /// <summary>Rules, some of them replaced by others from the same tensor.</summary>
    public static TensorRule[] Override(TensorRule[] rules, params TensorRule[] by) => [.. rules.Where(rule => by.All(other => other.From != rule.From)), .. by];
}
