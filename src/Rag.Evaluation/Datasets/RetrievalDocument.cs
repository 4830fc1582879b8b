namespace Rag.Evaluation.Datasets;

/// <summary>A document of a retrieval collection.</summary>
/// <param name="Id">Its id in the judgements.</param>
/// <param name="Title">Its title; empty where there is none.</param>
/// <param name="Text">Its text without the title, unless the collection's text opens with it.</param>
public sealed record RetrievalDocument(string Id, string Title, string Text)
{
    /// <summary>Title and text joined by a space, as BEIR's own programs do; the text alone where there is no title.</summary>
    public string FullText => Title.Length == 0 ? Text : $"{Title} {Text}";

    /// <summary>As <see cref="FullText"/>, but the title is not repeated where the text opens with it, as Cranfield's abstracts do.</summary>
    public string TextWithTitle => Text.StartsWith(Title, StringComparison.Ordinal) ? Text : FullText;
}
