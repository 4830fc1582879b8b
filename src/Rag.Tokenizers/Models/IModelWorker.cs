namespace Rag.Tokenizers.Models;

/// <summary>The mutable half of a model: its scratch memory. Not safe for concurrent use.</summary>
internal interface IModelWorker
{
    /// <summary>Adds the tokens of one piece; positions are relative to it.</summary>
    void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens);

    /// <summary>Lets go of memory that one huge word left behind.</summary>
    void Trim(int capacity);
}
