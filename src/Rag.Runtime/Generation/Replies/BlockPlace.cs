namespace Rag.Runtime.Generation.Replies;

/// <summary>Where a block may begin.</summary>
internal enum BlockPlace
{
    /// <summary>Wherever its start stands.</summary>
    Anywhere,

    /// <summary>Where nothing but white space stands before it in its line: elsewhere an answer speaks about it.</summary>
    Line,

    /// <summary>Where nothing but white space and reasoning stands before it.</summary>
    Reply,
}
