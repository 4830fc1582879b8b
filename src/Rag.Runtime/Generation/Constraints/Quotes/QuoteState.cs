using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>A text with quotes so far.</summary>
internal sealed class QuoteState(QuoteMachine machine, in QuotePlace place) : ConstraintState
{
    private readonly QuotePlace _place = place;

    public override bool CanEnd => machine.CanEnd(_place);

    public override byte[]? WayToEnd => machine.WayToEnd(_place);

    public override ConstraintState? Next(byte value) => machine.TryNext(_place, value, out QuotePlace next) ? new QuoteState(machine, next) : null;

    public override bool TryMark(TokenVocabulary vocabulary, int root, Span<ulong> bits)
    {
        machine.Walk.Mark(_place, vocabulary, root, bits);
        return true;
    }

    public override bool Equals(object? obj) => obj is QuoteState other && other._place == _place;

    public override int GetHashCode() => _place.GetHashCode();
}
