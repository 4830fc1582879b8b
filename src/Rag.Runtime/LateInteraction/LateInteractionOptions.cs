using Rag.Runtime.Heads;

namespace Rag.Runtime.LateInteraction;

/// <summary>How <see cref="LateInteractionEncoder"/> loads and runs a model. The defaults are those of ColBERT v2 (colbert/infra/config/settings.py).</summary>
public sealed class LateInteractionOptions : HeadModelOptions
{
    /// <summary>Tokens of a question, special tokens included: a longer one is cut, a shorter one filled up with masks, whose vectors count. 32 by default.</summary>
    public int QuestionTokens { get; set; } = 32;

    /// <summary>The token behind the first that marks a question, "[unused0]" by default; empty for none.</summary>
    public string QuestionMarker { get; set; } = "[unused0]";

    /// <summary>The token behind the first that marks a passage, "[unused1]" by default; empty for none.</summary>
    public string PassageMarker { get; set; } = "[unused1]";

    /// <summary>Whether the tokens of a question see the masks that fill it up. Off by default.</summary>
    public bool AttendToMasks { get; set; }

    /// <summary>Whether a passage's punctuation (that of ASCII) has no vectors. On by default.</summary>
    public bool SkipPunctuation { get; set; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(QuestionTokens, 4);
        ArgumentNullException.ThrowIfNull(QuestionMarker);
        ArgumentNullException.ThrowIfNull(PassageMarker);
    }
}
