namespace Rag.Runtime.Generation.Replies;

/// <summary>
/// Parts a reply into answer, reasoning and calls while it streams. What comes out does not depend on how the text is cut
/// into pieces, but for where contents of one kind are divided. Never throws for what a model says. Not thread-safe.
/// </summary>
internal interface IReplyParser
{
    /// <summary>Takes more text and adds what is certain.</summary>
    void Append(string text, ReplyContents contents);

    /// <summary>Ends the reply and adds the rest.</summary>
    void Flush(ReplyContents contents);
}
