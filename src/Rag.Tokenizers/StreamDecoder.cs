namespace Rag.Tokenizers;

/// <summary>
/// Turns ids into text one at a time, as a model generates them. What is returned never ends in an unfinished character,
/// and all of it together equals <see cref="Tokenizer.Decode"/> of all ids. Not safe for concurrent use.
/// </summary>
public sealed class StreamDecoder
{
    internal StreamDecoder()
    {
    }

    /// <summary>Takes the next id; returns the text that is certain now, or the empty string.</summary>
    /// <param name="id">A token id; one that the vocabulary lacks adds nothing.</param>
    public string Append(int id) => throw new NotImplementedException();

    /// <summary>Ends the stream; returns what was held back. Afterwards the decoder is ready for another stream.</summary>
    public string Flush() => throw new NotImplementedException();
}
