using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>
/// A batch on ONNX Runtime. A session joins by a copy of its rows, which costs little beside the prefill that computed them; its further
/// tokens are computed here alone, and come back to its own cache when it leaves. The last row then takes the freed place.
/// </summary>
internal sealed class DecoderBatch : IDecoderBatch
{
    // Kernels for one row may sum in another order than those for several: an only session has a row beside it that means nothing.
    private const int LeastRows = 2;
    private readonly OnnxDecoderModel _model;
    private readonly SharedSession.Lease _lease;
    private readonly LowRankValues _adapter;
    private readonly CacheBudget _budget;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly BoundRotaryTables _rotary;
    private readonly BatchCache _cache;
    private readonly BatchState _state;
    private readonly BatchStep _step;
    private readonly List<OnnxDecoderSession> _sessions = [];
    private readonly List<int> _tokens = [];
    private int _bound;
    private bool _disposed;

    /// <param name="model">The model.</param>
    /// <param name="lease">The batch's own claim on the weights.</param>
    /// <param name="adapter">The batch's own claim on the values of an adapter.</param>
    /// <param name="key">Of the sessions.</param>
    /// <param name="budget">What memory is taken from.</param>
    public DecoderBatch(OnnxDecoderModel model, SharedSession.Lease lease, LowRankValues adapter, BatchKey key, CacheBudget budget)
    {
        (_model, _lease, _adapter, Key, _budget) = (model, lease, adapter, key, budget);
        _binding = lease.Session.CreateIoBinding();
        adapter.Bind(_binding);
        model.Scales?.Bind(_binding);
        _rotary = new BoundRotaryTables(model.Rotary, _binding);
        _cache = new BatchCache(model.Network, model.Memory);
        _state = new BatchState(model.Network, model.Memory);
        _step = new BatchStep(_binding, lease.Session.InputMetadata.ContainsKey(GraphNames.PositionIds), model.VocabularySize);
    }

    public BatchKey Key { get; }

    public int Count => _sessions.Count;

    public long Bytes { get; private set; }

    public bool Contains(IBatchSession session) => IndexOf(session) >= 0;

    public bool TryJoin(IBatchSession session, int expected)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (session is not OnnxDecoderSession own || own.BatchKey != Key)
        {
            throw new ArgumentException("The session cannot share steps with those of this batch.", nameof(session));
        }

        if (!TryGrow(Math.Max(Count + 1, expected), own.Length + 1))
        {
            return false;
        }

        own.Enter(this, Count, _cache, _state);
        _sessions.Add(own);
        _tokens.Add(-1);
        _bound = 0;
        return true;
    }

    public void Place(IBatchSession session, int token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)_model.VocabularySize, nameof(token));
        _tokens[Row(session)] = token;
    }

    public void Run()
    {
        int longest = 0;
        for (int row = 0; row < _sessions.Count; row++)
        {
            longest = Math.Max(longest, _sessions[row].Length + 1);
            if (_tokens[row] < 0)
            {
                throw new InvalidOperationException("A session of the batch has no token to run.");
            }
        }

        if (!TryGrow(Count, longest))
        {
            throw new UnavailableException($"There is no memory to run {Count} sequences of up to {longest} tokens of the model {_model.FolderPath} together.", _model.FolderPath);
        }

        Bind();
        for (int row = 0; row < _sessions.Count; row++)
        {
            _step.Prepare(row, _tokens[row], _sessions[row].Length);
        }

        for (int row = Count; row < LeastRows; row++)
        {
            _step.Prepare(row, token: 0, past: 0);
        }

        try
        {
            _lease.Session.RunWithBinding(_options, _binding);
        }
        catch (OnnxRuntimeException e)
        {
            // Rows that the step has written lie beyond the lengths and are never read.
            throw StepFailure.Of(e, _model.FolderPath, string.Create(CultureInfo.InvariantCulture, $"one token each of {Count} sequences"));
        }

        _state.Advance(_binding, _bound);
        for (int row = 0; row < _sessions.Count; row++)
        {
            _sessions[row].NoteStep(_tokens[row]);
            _tokens[row] = -1;
        }
    }

    public ReadOnlySpan<float> Logits(IBatchSession session) => _step.Logits(Row(session));

    public void Leave(IBatchSession session)
    {
        int row = Row(session);
        try
        {
            _sessions[row].TakeBack(row, _cache, _state);
        }
        finally
        {
            Remove(row);
        }
    }

    /// <summary>Goes on without a session, which drops what was computed of it here.</summary>
    public void Drop(OnnxDecoderSession session) => Remove(Row(session));

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        while (_sessions.Count > 0)
        {
            try
            {
                Leave(_sessions[^1]);
            }
            catch (UnavailableException)
            {
                // That session is at the length that it joined with.
            }
        }

        _disposed = true;
        _binding.Dispose();
        _rotary.Dispose();
        _cache.Dispose();
        _state.Dispose();
        _step.Dispose();
        _adapter.Dispose();
        _options.Dispose();
        _lease.Dispose();
        _budget.Release(Bytes);
        Bytes = 0;
    }

    private int IndexOf(IBatchSession session)
    {
        for (int row = 0; row < _sessions.Count; row++)
        {
            if (ReferenceEquals(_sessions[row], session))
            {
                return row;
            }
        }

        return -1;
    }

    private int Row(IBatchSession session) =>
        IndexOf(session) is >= 0 and int row ? row : throw new ArgumentException("The session is not in this batch.", nameof(session));

    private void Remove(int row)
    {
        int last = _sessions.Count - 1;
        if (row < last)
        {
            _cache.Move(last, row, _sessions[last].Length);
            _state.Move(last, row);
            (_sessions[row], _tokens[row]) = (_sessions[last], _tokens[last]);
        }

        _sessions.RemoveAt(last);
        _tokens.RemoveAt(last);
        _bound = 0;
    }

    // Rows and tokens for which there is room double, so that what growing copies is little beside what was computed.
    private bool TryGrow(int rows, int length)
    {
        if (rows <= _cache.Rows && length <= _cache.Capacity)
        {
            return true;
        }

        int moreRows = Math.Max(_cache.Rows, LeastRows);
        while (moreRows < rows)
        {
            moreRows *= 2;
        }

        int capacity = CacheTiers.For(length, _cache.Capacity, _model.MaxPositions);
        long bytes = moreRows * CacheTiers.Bytes(_model.Layout, capacity);
        if (!_cache.CanHold(moreRows, capacity) || !_budget.TryReserve(bytes))
        {
            return false;
        }

        try
        {
            Span<int> lengths = stackalloc int[Count];
            for (int row = 0; row < lengths.Length; row++)
            {
                lengths[row] = _sessions[row].Length;
            }

            _state.Grow(moreRows, Count);
            _cache.Grow(moreRows, capacity, lengths);
        }
        catch (UnavailableException)
        {
            _budget.Release(bytes);
            _bound = 0;
            return false;
        }

        _budget.Release(Bytes);
        Bytes = bytes;
        _bound = 0;
        return true;
    }

    private void Bind()
    {
        _rotary.Bind(_cache.Capacity, Key.Regime);
        int rows = Math.Max(Count, LeastRows);
        if (_bound != rows)
        {
            _bound = rows;
            _cache.Bind(_binding, rows);
            _state.Bind(_binding, rows);
            _step.Bind(rows);
        }
    }
}
