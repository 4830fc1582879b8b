using System.Text;

namespace Rag.Tokenizers.Decoding;

/// <summary>
/// One decoder at work on one stream. It is given whole tokens or, behind a stage that fuses, chunks of the one token that
/// all became, and passes on what is certain. Decoding at once and streaming are the same walk, so they cannot differ.
/// </summary>
internal abstract class DecoderStage
{
    private readonly StringBuilder _fused = new();
    private bool _isFused;

    /// <summary>The stage that takes what this one gives.</summary>
    public DecoderStage Next { get; set; } = null!;

    /// <summary>Takes a whole token.</summary>
    public abstract void Token(string text);

    /// <summary>Takes a part of the one fused token. A stage that cannot work on parts gathers them until the end.</summary>
    public virtual void Chunk(string text)
    {
        _isFused = true;
        _fused.Append(text);
    }

    /// <summary>Takes the end of the stream and passes it on; afterwards the stage is as new.</summary>
    public void Complete()
    {
        if (_isFused)
        {
            Token(_fused.ToString());
            _fused.Clear();
            _isFused = false;
        }

        Finish();
        Next?.Complete();
    }

    /// <summary>Gives what was held back and forgets the stream.</summary>
    protected virtual void Finish()
    {
    }
}
