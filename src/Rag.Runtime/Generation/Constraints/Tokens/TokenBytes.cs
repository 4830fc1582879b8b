using System.Globalization;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// The bytes that each token of a vocabulary adds to a text. How a vocabulary writes bytes is found out by decoding: in the
/// byte-level alphabet (GPT-2's bytes_to_unicode), as &lt;0x00&gt;, or as text.
/// </summary>
internal sealed class TokenBytes
{
    private readonly Tokenizer _tokenizer;
    private readonly short[]? _alphabet;
    private readonly int _anchor = -1;
    private readonly string _anchorText = "";
    private readonly bool _hasByteTokens;

    private TokenBytes(Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        if (tokenizer.TokenToId("Ġ") is { } space && tokenizer.Decode([space, space]).EndsWith(' '))
        {
            _alphabet = Alphabet();
            return;
        }

        _hasByteTokens = tokenizer.TokenToId("<0x0A>") is { } newline && tokenizer.Decode([newline]) == "\n";
        if (tokenizer.TokenToId("a") is { } anchor)
        {
            _anchor = anchor;
            _anchorText = tokenizer.Decode([anchor]);
        }
    }

    /// <summary>The bytes of each id below a size; null for those that are no text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">The number of logits.</param>
    /// <param name="shownTokens">Special tokens that are text all the same.</param>
    public static byte[]?[] Of(Tokenizer tokenizer, int size, IReadOnlySet<int> shownTokens)
    {
        TokenBytes reader = new(tokenizer);
        byte[]?[] bytes = new byte[]?[size];
        for (int id = 0; id < size; id++)
        {
            if (tokenizer.IdToToken(id) is { Length: > 0 } token && (!tokenizer.IsSpecial(id) || shownTokens.Contains(id)) && reader.Read(id, token) is { Length: > 0 } read)
            {
                bytes[id] = read;
            }
        }

        return bytes;
    }

    /// <summary>Whether the space that the first token begins with is not part of the text, as SentencePiece has it.</summary>
    public static bool DropsFirstSpace(Tokenizer tokenizer) =>
        tokenizer.TokenToId("▁a") is { } token && tokenizer.Decode([token]) == "a" && tokenizer.Decode([token, token]) == "a a";

    private byte[]? Read(int id, string token)
    {
        if (_alphabet is not null)
        {
            return token.All(c => c < _alphabet.Length && _alphabet[c] >= 0) ? [.. token.Select(c => (byte)_alphabet[c])] : System.Text.Encoding.UTF8.GetBytes(token);
        }

        if (_hasByteTokens && token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            return [value];
        }

        if (_anchor < 0)
        {
            return System.Text.Encoding.UTF8.GetBytes(_tokenizer.Decode([id], skipSpecialTokens: false));
        }

        string text = _tokenizer.Decode([_anchor, id, _anchor], skipSpecialTokens: false);
        return text.StartsWith(_anchorText, StringComparison.Ordinal) && text.EndsWith(_anchorText, StringComparison.Ordinal) && text.Length > 2 * _anchorText.Length
            ? System.Text.Encoding.UTF8.GetBytes(text[_anchorText.Length..^_anchorText.Length])
            : null;
    }

    private static short[] Alphabet()
    {
        short[] bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            bytes[printable ? b : next++] = (short)b;
        }

        return bytes;
    }
}
