using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Rewrites text before it is split. Immutable.</summary>
internal interface INormalizer
{
    void Normalize(AlignedText text);
}
