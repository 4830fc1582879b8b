using Rag.Models.Configuration;
using Rag.Runtime.Heads;

namespace Rag.Runtime.LateInteraction;

/// <summary>
/// How <see cref="LateInteractionEncoder"/> loads and runs a model. What is null is as the model's files say (ColBERT's artifact.metadata, PyLate's
/// config_sentence_transformers.json), or else as ColBERT v2 has it.
/// </summary>
public sealed class LateInteractionOptions : HeadModelOptions
{
    /// <summary>Tokens of a question, special tokens included: a longer one is cut, a shorter one filled up with masks, whose vectors count. Else 32.</summary>
    public int? QuestionTokens { get; set; }

    /// <summary>The token behind the first that marks a question; empty for none. Else "[unused0]".</summary>
    public string? QuestionMarker { get; set; }

    /// <summary>The token behind the first that marks a passage; empty for none. Else "[unused1]".</summary>
    public string? PassageMarker { get; set; }

    /// <summary>Whether the tokens of a question see the masks that fill it up. Else they do not.</summary>
    public bool? AttendToMasks { get; set; }

    /// <summary>Whether a passage's punctuation (that of ASCII) has no vectors. Else it has none.</summary>
    public bool? SkipPunctuation { get; set; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (QuestionTokens is { } tokens)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 4, nameof(QuestionTokens));
        }
    }

    internal void FillFrom(LateInteractionConfiguration files)
    {
        MaxTokens ??= files.PassageTokens is { } passage ? Math.Max(passage, 8) : null;
        QuestionTokens ??= Math.Max(files.QuestionTokens ?? 32, 4);
        QuestionMarker ??= files.QuestionMarker ?? "[unused0]";
        PassageMarker ??= files.PassageMarker ?? "[unused1]";
        AttendToMasks ??= files.AttendToMasks ?? false;
        SkipPunctuation ??= files.SkipPunctuation ?? true;
    }
}
