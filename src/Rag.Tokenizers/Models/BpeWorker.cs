namespace Rag.Tokenizers.Models;

/// <summary>Spells words as characters and merges them.</summary>
internal sealed class BpeWorker(BpeModel model) : MarkedWorker(model.WordMark)
{
    private readonly TokenBuffer _symbols = new();
    private readonly BpeMerger _merger = new(model.Merges);

    public override void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        if (model.Options.IgnoreMerges && word.Length <= model.Vocabulary.LongestToken
            && model.Vocabulary.Find(word) is var whole && whole >= 0)
        {
            tokens.Add(whole, 0, word.Length);
            return;
        }

        base.Tokenize(word, tokens);
    }

    public override void Trim(int capacity)
    {
        _symbols.Trim(capacity);
        _merger.Trim(capacity);
    }

    protected override void TokenizeSection(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        _symbols.Clear();
        Spell(word);
        int count = _merger.Merge(_symbols);
        Span<int> ids = _symbols.Ids;
        Span<int> starts = _symbols.Starts;
        Span<int> ends = _symbols.Ends;
        for (int i = 0; i < count; i++)
        {
            tokens.Add(ids[i], starts[i], ends[i]);
        }
    }

    /// <summary>The word as the tokens of its characters, with byte fallback and unknown tokens where the vocabulary lacks one.</summary>
    private void Spell(ReadOnlySpan<char> word)
    {
        bool decorated = model.Options.ContinuingSubwordPrefix.Length > 0 || model.Options.EndOfWordSuffix.Length > 0;
        int unknownStart = -1;
        int unknownEnd = -1;
        DroppedCharacters? dropped = null;
        for (int at = 0; at < word.Length;)
        {
            int width = char.IsHighSurrogate(word[at]) && at + 1 < word.Length && char.IsLowSurrogate(word[at + 1]) ? 2 : 1;
            int end = at + width;
            int id = decorated ? FindDecorated(word, at, end) : width == 1 ? model.CharacterId(word[at]) : model.Vocabulary.Find(word[at..end]);
            if (id >= 0)
            {
                FlushUnknown(ref unknownStart, unknownEnd);
                (int from, int to) = dropped?.Shift(at, end) ?? (at, end);
                _symbols.Add(id, from, to);
            }
            else if (!SpellBytes(word, at, end))
            {
                if (unknownStart >= 0 && !model.Options.FuseUnknown)
                {
                    FlushUnknown(ref unknownStart, unknownEnd);
                }

                if (model.Options.UnknownToken is not null)
                {
                    unknownStart = unknownStart < 0 ? at : unknownStart;
                    unknownEnd = end;
                }
                else
                {
                    dropped ??= new DroppedCharacters(word);
                    dropped.Drop(at);
                }
            }

            at = end;
        }

        FlushUnknown(ref unknownStart, unknownEnd);
    }

    private void FlushUnknown(ref int start, int end)
    {
        if (start < 0)
        {
            return;
        }

        if (model.UnknownId < 0)
        {
            throw new CorruptException($"{model.Location} names '{model.Options.UnknownToken}' for unknown characters, and its vocabulary lacks that token.", model.Location);
        }

        _symbols.Add(model.UnknownId, start, end);
        start = -1;
    }

    private int FindDecorated(ReadOnlySpan<char> word, int start, int end)
    {
        string text = word[start..end].ToString();
        if (start > 0)
        {
            text = model.Options.ContinuingSubwordPrefix + text;
        }

        if (end == word.Length)
        {
            text += model.Options.EndOfWordSuffix;
        }

        return model.Vocabulary.Find(text);
    }

    private bool SpellBytes(ReadOnlySpan<char> word, int start, int end)
    {
        if (model.ByteIds is not { } byteIds)
        {
            return false;
        }

        // Prefix and suffix belong to the character and are spelt with it.
        string decorated = (start > 0 ? model.Options.ContinuingSubwordPrefix : "") + word[start..end].ToString() + (end == word.Length ? model.Options.EndOfWordSuffix : "");
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(decorated);
        foreach (byte b in bytes)
        {
            if (byteIds[b] < 0)
            {
                return false;
            }
        }

        foreach (byte b in bytes)
        {
            _symbols.Add(byteIds[b], start, end);
        }

        return true;
    }
}
