using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Sessions;

// A session as one of several that share their steps.
internal sealed partial class OnnxDecoderSession : IBatchSession
{
    // The batch that computes its tokens from the given length on; null for none.
    private DecoderBatch? _batch;
    private int _joined;

    public BatchKey? BatchKey =>
        !_disposed && IsWhole && Length > 0 && Length < MaxPositions && RotaryTables.IsShared(Regime) && RegimeOf(Length + 1) == Regime
            ? new BatchKey(_model, _adapter, Regime)
            : null;

    public long CacheBytes => CacheTiers.Bytes(Layout, _cache.Capacity);

    public long BytesFor(int tokens) => CacheTiers.MostBytes(Layout, Math.Min(_single is null ? tokens : Spare(tokens), MaxPositions), MaxPositions);

    public IDecoderBatch CreateBatch(CacheBudget budget) =>
        new DecoderBatch(_model, _lease.Share(), _adapter.Share(), BatchKey ?? throw new InvalidOperationException("The next token of this session must run alone."), budget);

    /// <summary>Copies what was computed to a row of a batch, which computes the next tokens.</summary>
    public void Enter(DecoderBatch batch, int row, BatchCache cache, BatchState state)
    {
        LeaveBatch();
        cache.Write(row, _cache, Length);
        _state.Lend(_model.Layout, numbers => state.Write(row, numbers));
        (_batch, _joined) = (batch, Length);
    }

    /// <summary>Says that the batch has computed a token.</summary>
    public void NoteStep(int token)
    {
        Length++;
        _computed++;
        _tokens?.Add(token);
    }

    /// <summary>Copies what a row of the batch has computed; the session is in no batch then.</summary>
    public void TakeBack(int row, BatchCache cache, BatchState state)
    {
        int length = Length;
        _batch = null;
        Length = _computed = _joined;
        try
        {
            EnsureCapacity(length, filled: length);
        }
        catch
        {
            // Of a state there is the last alone: without it all must be computed anew.
            _computed = _state.Exists ? 0 : _joined;
            _tokens?.RemoveRange(_joined, _tokens.Count - _joined);
            throw;
        }

        cache.Read(row, _joined, length - _joined, _cache);
        _state.Fill(_model.Layout, numbers => state.Read(row, numbers));
        Length = _computed = length;
    }

    private void LeaveBatch() => _batch?.Leave(this);
}
