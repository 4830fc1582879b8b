namespace Rag.Runtime.Generation.Replies;

/// <summary>A form in which models reason or call tools. Recognised by what a model's chat template writes.</summary>
internal interface IReplyFormat
{
    /// <summary>Whether a template is of a model that writes it.</summary>
    /// <param name="template">The source.</param>
    bool Matches(string template);

    /// <summary>The blocks to look for.</summary>
    IReadOnlyList<ReplyBlock> Blocks { get; }

    /// <summary>Markers that frame the answer and are no part of it, with models whose template has them.</summary>
    IReadOnlyList<string> Frames => [];

    /// <summary>Marks within blocks.</summary>
    IReadOnlyList<string> Marks => [];
}
