namespace Rag.Documents;

/// <summary>Text and how it was decoded.</summary>
/// <param name="Text">The text without its byte order mark, without lone surrogates; U+FFFD where single bytes were damaged.</param>
/// <param name="EncodingName">The encoding found, as the IANA names it.</param>
internal readonly record struct DecodedText(string Text, string EncodingName);
