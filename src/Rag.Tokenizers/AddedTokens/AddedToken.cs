namespace Rag.Tokenizers.AddedTokens;

/// <summary>A token recognised in the text itself, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="LeftStrip">Takes the white space before it.</param>
/// <param name="RightStrip">Takes the white space after it.</param>
/// <param name="Normalized">Sought in the normalized text, in its own normalized spelling.</param>
/// <param name="Special">Left out of decoded text, and read as plain text where special tokens are not parsed.</param>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);
