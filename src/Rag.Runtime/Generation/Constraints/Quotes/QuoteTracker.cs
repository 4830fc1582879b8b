using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// Follows a text under a <see cref="QuoteConstraint"/> piece by piece, however it is cut, and knows each quote's place once it is closed. Not thread-safe.
/// </summary>
public sealed class QuoteTracker
{
    private readonly QuoteMachine _machine;
    private readonly Encoder _encoder = new UTF8Encoding(false, false).GetEncoder();
    private readonly byte[] _bytes = new byte[1024];
    private readonly List<FoundQuote> _quotes = [];
    private QuotePlace _place;
    private int _written;
    private int _quoteStart;

    internal QuoteTracker(QuoteMachine machine)
    {
        _machine = machine;
        _place = machine.Start;
    }

    /// <summary>The quotes that were closed so far, with their references where they have such, in the order of the text.</summary>
    public IReadOnlyList<FoundQuote> Quotes => _quotes.AsReadOnly();

    /// <summary>Where the quote that is being written begins in the text, behind its mark; null outside of quotes.</summary>
    public int? OpenQuote => IsValid && _place.Part == QuotePart.Quote ? _quoteStart : null;

    /// <summary>Whether the text so far begins one that the constraint allows. Once false it stays so, and what comes is not looked at.</summary>
    public bool IsValid { get; private set; } = true;

    /// <summary>Whether the text so far is one that the constraint allows as the whole.</summary>
    public bool IsComplete => IsValid && _machine.CanEnd(_place);

    /// <summary>Whether the text so far is the refusal.</summary>
    public bool IsRefusal => IsValid && _machine.IsRefusal(_place);

    /// <summary>Reads the next piece; a surrogate pair may be cut between two.</summary>
    /// <returns>What <see cref="IsValid"/> is now.</returns>
    public bool Append(ReadOnlySpan<char> text)
    {
        while (IsValid && !text.IsEmpty)
        {
            _encoder.Convert(text, _bytes, flush: false, out int read, out int count, out _);
            text = text[read..];
            for (int i = 0; i < count && IsValid; i++)
            {
                Read(_bytes[i]);
            }
        }

        return IsValid;
    }

    private void Read(byte value)
    {
        IsValid = _machine.TryNext(_place, value, out QuotePlace next);
        if (!IsValid)
        {
            return;
        }

        // A character counts with its first byte: UTF-16 has two units where UTF-8 has four bytes.
        _written += value >= 0xF0 ? 2 : (value & 0xC0) == 0x80 ? 0 : 1;
        if (next.Part == QuotePart.Quote && _place.Part != QuotePart.Quote)
        {
            _quoteStart = _written;
        }
        else if (_machine.Closed(_place, value, next, _quoteStart) is { } closed)
        {
            _quotes.Add(closed);
        }

        _place = next;
    }
}
