namespace Rag.Documents;

/// <summary>An element whose end has not been met.</summary>
/// <param name="Name">The tag's name.</param>
/// <param name="Unread">Whether nothing in it is read.</param>
internal readonly record struct HtmlOpenElement(string Name, bool Unread);
