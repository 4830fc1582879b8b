using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>Texts with quotes, byte by byte. Immutable: every place is a value.</summary>
internal sealed class QuoteMachine
{
    private readonly QuotableText _text;
    private readonly byte[] _opening;
    private readonly byte[] _closing;
    private readonly byte[] _between;
    private readonly byte[] _refusal;
    private readonly bool _hasFreeText;
    private readonly bool _needsQuote;
    private readonly int _maxQuotes;
    private readonly QuoteReferences? _references;
    private byte[]? _firstQuote;

    public QuoteMachine(QuoteSource[] sources, QuoteConstraintOptions options)
    {
        _text = new QuotableText(sources, options);
        _references = options.Reference is null ? null : new QuoteReferences(sources, options.Reference);
        Free = new FreeText(options);
        Walk = new QuoteWalk(this);
        _opening = Encoding.UTF8.GetBytes(options.OpeningMark);
        _closing = Encoding.UTF8.GetBytes(options.ClosingMark);
        _between = [.. Encoding.UTF8.GetBytes(options.Separator), .. _opening];
        _refusal = Encoding.UTF8.GetBytes(options.Refusal ?? "");
        _hasFreeText = options.AllowFreeText;
        _needsQuote = options.RequireQuote || !options.AllowFreeText;
        _maxQuotes = _text.IsEmpty ? 0 : options.MaxQuotes;
        int refused = _refusal.Length > 0 ? 0 : -1;
        bool hasBody = !_needsQuote || !_text.IsEmpty;
        HasText = hasBody || refused == 0;
        Start = new QuotePlace
        {
            Part = !hasBody ? QuotePart.Refusal : _hasFreeText ? QuotePart.FreeText : QuotePart.Separator,
            Progress = hasBody && !_hasFreeText ? _between.Length - _opening.Length : 0,
            Refused = refused,
        };
    }

    /// <summary>Before the first byte.</summary>
    public QuotePlace Start { get; }

    /// <summary>What stands around quotes.</summary>
    public FreeText Free { get; }

    /// <summary>Finds the tokens that may follow.</summary>
    public QuoteWalk Walk { get; }

    /// <summary>Whether there is any text at all.</summary>
    public bool HasText { get; }

    /// <summary>Reads one more byte.</summary>
    /// <returns>Whether a text goes on so.</returns>
    public bool TryNext(in QuotePlace place, byte value, out QuotePlace next)
    {
        int refused = place.Refused >= 0 && place.Refused < _refusal.Length && _refusal[place.Refused] == value ? place.Refused + 1 : -1;
        bool goesOn = place.Part switch
        {
            QuotePart.FreeText => TryFree(place, value, refused, out next),
            QuotePart.Quote => TryQuote(place, value, refused, out next),
            QuotePart.Separator => TrySeparator(place, value, refused, out next),
            QuotePart.Reference => TryReference(place, value, refused, out next),
            _ => Never(out next),
        };
        if (!goesOn)
        {
            next = new QuotePlace { Part = QuotePart.Refusal, Refused = refused };
        }

        return goesOn || refused >= 0;
    }

    /// <summary>The place behind an opening mark.</summary>
    /// <returns>Whether there may be another quote.</returns>
    public bool TryOpen(in QuotePlace place, out QuotePlace opened)
    {
        opened = new QuotePlace { Part = QuotePart.Quote, Quotes = place.Quotes, Refused = place.Refused, Range = _text.Start };
        return place.Quotes < _maxQuotes;
    }

    /// <summary>What is missing of the refusal; nothing where the text is no beginning of it.</summary>
    public ReadOnlySpan<byte> RestOfRefusal(in QuotePlace place) => place.Refused >= 0 ? _refusal.AsSpan(place.Refused) : [];

    /// <summary>Whether a text may end.</summary>
    public bool CanEnd(in QuotePlace place) => IsRefusal(place) || place.Part switch
    {
        QuotePart.FreeText => (place.Quotes > 0 || !_needsQuote) && FreeText.CanEnd(place.Progress),
        QuotePart.Separator => place.Quotes > 0 && place.Progress == 0,
        _ => false,
    };

    /// <summary>Whether the whole text is the refusal.</summary>
    public bool IsRefusal(in QuotePlace place) => _refusal.Length > 0 && place.Refused == _refusal.Length;

    /// <summary>The quote that is whole with the last byte before a place, its reference included; null where none is.</summary>
    public FoundQuote? Closed(in QuotePlace before, byte value, in QuotePlace after, int placeStart)
    {
        if (after.Quotes == before.Quotes || after.Part is QuotePart.Refusal)
        {
            return null;
        }

        int source = -1;
        if (before.Part == QuotePart.Reference)
        {
            _references!.TryNarrow(before.Range, value, out QuoteRange ended);
            source = _references.Ended(ended);
        }

        return _text.Find(before.Part == QuotePart.Quote ? Quoted(before) : before.Closing, source, placeStart);
    }

    /// <summary>The bytes of a way to an end. Behind a byte of it the rest is the way, so that one who follows it arrives.</summary>
    public byte[] WayToEnd(in QuotePlace place)
    {
        List<byte>? body = place.Part == QuotePart.Refusal ? null : Body(place);
        int rest = place.Refused >= 0 ? _refusal.Length - place.Refused : int.MaxValue;
        return body is not null && body.Count < rest ? [.. body] : [.. RestOfRefusal(place)];
    }

    private List<byte> Body(in QuotePlace place)
    {
        List<byte> bytes = [];
        switch (place.Part)
        {
            case QuotePart.FreeText when place.Quotes > 0 || !_needsQuote:
                Free.Complete(place.Progress, bytes);
                break;
            case QuotePart.FreeText:
                int opened = Free.OpeningProgress(place.Progress);
                if (opened == 0)
                {
                    Free.Complete(place.Progress, bytes);
                }

                bytes.AddRange(_opening.AsSpan(opened));
                bytes.AddRange(FirstQuote);
                break;
            case QuotePart.Separator when place.Quotes > 0 && place.Progress == 0:
                break;
            case QuotePart.Separator:
                bytes.AddRange(_between.AsSpan(place.Progress));
                bytes.AddRange(FirstQuote);
                break;
            case QuotePart.Quote when place.Progress > 0 && !place.Closing.IsEmpty && !GoesOn(place):
                bytes.AddRange(_closing.AsSpan(place.Progress));
                AddReference(place.Closing, bytes);
                break;
            case QuotePart.Quote:
                AddQuote(place.Range, bytes);
                break;
            default:
                bytes.AddRange(_references!.ShortestEnd(place.Range, Holders(place.Closing)));
                break;
        }

        return bytes;
    }

    // Whether the way led through the first bytes of a mark before they were read: they begin a character of the source as well.
    private bool GoesOn(in QuotePlace place) =>
        _text.NearestEnd(place.Closing).StartsWith(_closing.AsSpan(0, place.Progress)) && !place.Range.IsEmpty;

    private byte[] FirstQuote
    {
        get
        {
            if (_firstQuote is null)
            {
                List<byte> bytes = [];
                AddQuote(_text.Start, bytes);
                _firstQuote = [.. bytes];
            }

            return _firstQuote;
        }
    }

    private void AddQuote(QuoteRange range, List<byte> bytes)
    {
        ReadOnlySpan<byte> rest = _text.NearestEnd(range);
        bytes.AddRange(rest);
        bytes.AddRange(_closing);
        AddReference(_references is null ? range : _text.Narrow(range, rest), bytes);
    }

    private void AddReference(QuoteRange quote, List<byte> bytes) =>
        bytes.AddRange(_references is null ? [] : _references.ShortestEnd(_references.Start, Holders(quote)));

    private Func<int, bool> Holders(QuoteRange quote) => source => _text.IsOf(quote, [source]);

    private bool TryFree(in QuotePlace place, byte value, int refused, out QuotePlace next)
    {
        int state = Free.Next(place.Progress, value);
        if (state == FreeText.Opened)
        {
            return TryOpen(place with { Refused = refused }, out next);
        }

        next = place with { Progress = state, Refused = refused };
        return state >= 0;
    }

    private bool TrySeparator(in QuotePlace place, byte value, int refused, out QuotePlace next)
    {
        next = place with { Progress = place.Progress + 1, Refused = refused };
        if (place.Quotes == _maxQuotes || _between[place.Progress] != value)
        {
            return false;
        }

        return next.Progress < _between.Length || TryOpen(next, out next);
    }

    private bool TryQuote(in QuotePlace place, byte value, int refused, out QuotePlace next)
    {
        bool alive = _text.TryNarrow(place.Range, value, out QuoteRange range);
        next = place with { Range = range, Refused = refused, Progress = 0, Closing = default };

        // Marks have their first byte once, so that there is one mark at a time that this may be.
        if (place.Progress > 0 && _closing[place.Progress] == value)
        {
            next = next with { Progress = place.Progress + 1, Closing = place.Closing };
            if (next.Progress == _closing.Length)
            {
                next = Close(place, refused);
                return !place.Closing.IsEmpty;
            }

            return alive || !place.Closing.IsEmpty;
        }

        if (_closing[0] == value)
        {
            bool canEnd = _text.CanEnd(place.Range);
            if (_closing.Length == 1)
            {
                next = Close(place, refused);
                return canEnd;
            }

            next = next with { Progress = 1, Closing = canEnd ? place.Range : default };
            return alive || canEnd;
        }

        return alive;
    }


    private bool TryReference(in QuotePlace place, byte value, int refused, out QuotePlace next)
    {
        bool goesOn = _references!.TryNarrow(place.Range, value, out QuoteRange range) && _text.IsOf(place.Closing, _references.Sources(range));
        next = goesOn && _references.Ended(range) >= 0 ? Behind(place, refused) : place with { Range = range, Refused = refused };
        return goesOn;
    }

    // What is quoted where the last byte of a closing mark comes next.
    private QuoteRange Quoted(in QuotePlace place) => _closing.Length == 1 ? place.Range : place.Closing;

    private QuotePlace Close(in QuotePlace place, int refused) => _references is null
        ? Behind(place, refused)
        : new QuotePlace { Part = QuotePart.Reference, Quotes = place.Quotes, Refused = refused, Range = _references.Start, Closing = Quoted(place) };

    private QuotePlace Behind(in QuotePlace place, int refused) =>
        new() { Part = _hasFreeText ? QuotePart.FreeText : QuotePart.Separator, Quotes = place.Quotes + 1, Refused = refused };

    private static bool Never(out QuotePlace next)
    {
        next = default;
        return false;
    }
}
