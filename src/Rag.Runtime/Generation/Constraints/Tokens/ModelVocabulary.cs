using System.Runtime.CompilerServices;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>A model's vocabulary, laid out when the first constraint asks, and the masks of the constraints in use. Thread-safe.</summary>
internal sealed class ModelVocabulary(Tokenizer tokenizer, IReadOnlySet<int> endTokens)
{
    private readonly ConditionalWeakTable<TextConstraint, TokenMasks> _masks = [];
    private readonly Lock _lock = new();
    private TokenVocabulary? _tokens;

    /// <summary>A matcher of an output from its beginning.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="size">The number of logits.</param>
    public TokenMatcher Match(TextConstraint constraint, int size)
    {
        lock (_lock)
        {
            _tokens ??= TokenVocabulary.Of(tokenizer, size, endTokens, new HashSet<int>());
        }

        return new TokenMatcher(constraint, _masks.GetValue(constraint, _ => new TokenMasks(_tokens)));
    }
}
