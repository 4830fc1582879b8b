using Rag.Tokenizers.Pieces;

namespace Rag.Tokenizers;

/// <summary>What a tiktoken file leaves out: how text is split, and which tokens are special.</summary>
public sealed class TiktokenOptions
{
    /// <summary>The split rule of GPT-2 (gpt2, r50k_base, p50k_base).</summary>
    public const string Gpt2Pattern = SplitRule.Gpt2;

    /// <summary>The split rule of cl100k_base and Llama 3.</summary>
    public const string Cl100kPattern = SplitRule.Cl100k;

    /// <summary>The split rule of Qwen, which splits numbers into digits.</summary>
    public const string QwenPattern = SplitRule.Qwen;

    /// <summary>The split rule of o200k_base.</summary>
    public const string O200kPattern = SplitRule.O200k;

    /// <summary>The regular expression that splits text into words. Default that of cl100k_base.</summary>
    public string Pattern { get; init; } = Cl100kPattern;

    /// <summary>Special tokens and their ids. Default none.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; init; } = new Dictionary<string, int>();

    /// <summary>The special token that encoding puts before a text; null for none.</summary>
    public string? BeginToken { get; init; }

    /// <summary>The special token that encoding puts after a text; null for none.</summary>
    public string? EndToken { get; init; }

    /// <summary>Whether text is brought to Unicode normalization form C first, as Qwen does. Default false.</summary>
    public bool Compose { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">When there is no pattern, a special token has no text or no sound id, or one to be added is not among them.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Pattern);
        ArgumentNullException.ThrowIfNull(SpecialTokens);
        foreach ((string token, int id) in SpecialTokens)
        {
            if (token.Length == 0 || id is < 0 or > Models.Vocabulary.MaxId)
            {
                throw new ArgumentException($"The special token '{token}' has no text, or the id {id}.", nameof(SpecialTokens));
            }
        }

        foreach (string? token in new[] { BeginToken, EndToken })
        {
            if (token is not null && !SpecialTokens.ContainsKey(token))
            {
                throw new ArgumentException($"The token '{token}' that is to be added is not among the special tokens.", nameof(SpecialTokens));
            }
        }
    }
}
