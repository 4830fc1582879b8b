using Rag.Documents;

namespace Rag.Tokenizers.Assembly;

/// <summary>An encoding while it is put together.</summary>
internal sealed class EncodingColumns(int capacity)
{
    public List<int> Ids { get; } = new(capacity);

    public List<int> TypeIds { get; } = new(capacity);

    public List<TextRange> Offsets { get; } = new(capacity);

    public List<string> Tokens { get; } = new(capacity);

    public List<bool> SpecialMask { get; } = new(capacity);

    public List<bool> AttentionMask { get; } = new(capacity);

    public List<int?> WordIds { get; } = new(capacity);

    public List<int?> SequenceIds { get; } = new(capacity);

    /// <summary>Adds a token that stands in no text.</summary>
    public void AddSpecial(int id, string token, int typeId) => Add(id, token, typeId, default, null, null, special: true, attended: true);

    /// <summary>Adds padding at one side until there are <paramref name="length"/> tokens.</summary>
    public void Pad(int length, PaddingOptions padding)
    {
        int missing = length - Ids.Count;
        if (missing <= 0)
        {
            return;
        }

        Fill(Ids, padding.Id, missing, padding.Side);
        Fill(TypeIds, padding.TypeId, missing, padding.Side);
        Fill(Offsets, default, missing, padding.Side);
        Fill(Tokens, padding.Token, missing, padding.Side);
        Fill(SpecialMask, true, missing, padding.Side);
        Fill(AttentionMask, false, missing, padding.Side);
        Fill(WordIds, null, missing, padding.Side);
        Fill(SequenceIds, null, missing, padding.Side);
    }

    public void Add(int id, string token, int typeId, TextRange offsets, int? wordId, int? sequenceId, bool special, bool attended)
    {
        Ids.Add(id);
        Tokens.Add(token);
        TypeIds.Add(typeId);
        Offsets.Add(offsets);
        WordIds.Add(wordId);
        SequenceIds.Add(sequenceId);
        SpecialMask.Add(special);
        AttentionMask.Add(attended);
    }

    private static void Fill<T>(List<T> column, T value, int count, TextSide side) =>
        column.InsertRange(side == TextSide.Start ? 0 : column.Count, Enumerable.Repeat(value, count));
}
