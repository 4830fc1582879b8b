namespace Rag.Tokenizers;

/// <summary>How pieces become tokens; named as the field tokenizer.ggml.model of GGUF files names them.</summary>
public enum TokenizerKind
{
    /// <summary>"llama": SentencePiece BPE, merged by score, with byte fallback.</summary>
    Llama,

    /// <summary>"gpt2": byte-level BPE with merges.</summary>
    Gpt2,

    /// <summary>"bert": WordPiece.</summary>
    Bert,

    /// <summary>"t5": SentencePiece unigram.</summary>
    T5,
}
