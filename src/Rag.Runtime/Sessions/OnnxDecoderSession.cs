using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// A decoder session on ONNX Runtime. Where rotary positions depend on the length of the whole sequence, appending past a
/// limit computes the tokens before it anew: what follows equals a session that saw all tokens at once. So does appending after
/// a rewind where layers keep a state that cannot be taken back.
/// </summary>
internal sealed partial class OnnxDecoderSession : IRowSession
{
    // Bounds the buffer of AppendAll, 16 MiB of logits.
    private const int MostLogits = 1 << 22;
    private readonly OnnxDecoderModel _model;
    private readonly SharedSession.Lease _lease;
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly KeyValueCache _cache;
    private readonly DecoderStep _step;

    // For single tokens, where the model has a graph for them.
    private readonly OneTokenStep? _single;
    private readonly RunOptions _options = new();
    private readonly LowRankValues _adapter;
    private readonly int _chunk;
    private readonly BoundRotaryTables _rotary;
    private readonly RecurrentState _state;

    // The tokens in the cache, where they may have to be computed anew; else null.
    private readonly List<int>? _tokens;

    // Where the logits of the last step are.
    private bool _lastIsSingle;

    // Rows of the cache that were computed under the bound tables.
    private int _computed;
    private bool _disposed;

    /// <param name="model">The model.</param>
    /// <param name="lease">The session's own claim on the weights; it is disposed with the session.</param>
    /// <param name="chunk">The most tokens of one step.</param>
    /// <param name="adapter">The session's own claim on the values of an adapter; it is disposed with the session.</param>
    public OnnxDecoderSession(OnnxDecoderModel model, SharedSession.Lease lease, int chunk, LowRankValues adapter)
    {
        _model = model;
        _lease = lease;
        _session = lease.Session;
        _chunk = chunk;
        _adapter = adapter;
        _binding = _session.CreateIoBinding();
        _cache = new KeyValueCache(model.Network, model.Memory);
        adapter.Bind(_binding);
        model.Scales?.Bind(_binding);
        if (lease.Step is { } step)
        {
            _single = new OneTokenStep(step, model.VocabularySize);
            adapter.Bind(_single.Binding);
        }

        _rotary = new BoundRotaryTables(model.Rotary, _single is null ? [_binding] : [_binding, _single.Binding]);
        _state = new RecurrentState(model.Network, _binding, model.Memory);
        _tokens = _state.Exists || model.Network.Ropes.Any(rope => rope.Stretch is not null) ? [] : null;
        bool positions = _session.InputMetadata.ContainsKey(GraphNames.PositionIds);
        _step = new DecoderStep(_binding, positions, chunk, model.VocabularySize);
    }

    public int VocabularySize => _model.VocabularySize;

    public int MaxPositions => _model.MaxPositions;

    public int Length { get; private set; }

    public CacheLayout Layout => _model.Layout;

    public int Regime => _rotary.Regime;

    public bool IsWhole => _computed == Length;

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        Append(tokens, 1, cancellationToken);

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default)
    {
        Check(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Math.Min(tokens.Length, _chunk));

        // No callback of an earlier call can come any more: disposing its registration waited for it.
        _options.Terminate = false;
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, _options);
        Settle(tokens.Length, cancellationToken);
        while (tokens.Length > _chunk)
        {
            // The last piece keeps all the tokens whose logits are wanted.
            int piece = Math.Min(_chunk, tokens.Length - rows);
            Run(tokens[..piece], 1, cancellationToken);
            tokens = tokens[piece..];
        }

        Run(tokens, rows, cancellationToken);
        return _lastIsSingle ? _single!.Logits : _step.Logits;
    }

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Check(tokens);
        if (logits.Length != (long)tokens.Length * VocabularySize)
        {
            throw new ArgumentException($"{tokens.Length} tokens have {(long)tokens.Length * VocabularySize} logits, but there is room for {logits.Length}.", nameof(logits));
        }

        int most = Math.Clamp(MostLogits / VocabularySize, 1, _chunk);
        _options.Terminate = false;
        Settle(tokens.Length, CancellationToken.None);
        while (!tokens.IsEmpty)
        {
            int piece = Math.Min(tokens.Length, most);
            Run(tokens[..piece], piece, CancellationToken.None);
            ReadOnlySpan<float> given = _lastIsSingle ? _single!.Logits : _step.Logits;
            given.CopyTo(logits);
            logits = logits[given.Length..];
            tokens = tokens[piece..];
        }
    }

    public void Rewind(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        LeaveBatch();
        _computed = length == Length || !_state.Exists ? Math.Min(_computed, length) : 0;
        Length = length;
        _tokens?.RemoveRange(length, _tokens.Count - length);
    }

    public IDecoderSession Fork()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        LeaveBatch();
        OnnxDecoderSession fork = new(_model, _lease.Share(), _chunk, _adapter.Share());
        try
        {
            if (Length > 0)
            {
                fork.EnsureCapacity(Length, filled: _computed);
                fork._cache.CopyFrom(_cache, _computed);
                fork._state.CopyFrom(_state);
                fork.BindTables(_rotary.Regime);
                fork._tokens?.AddRange(CollectionsMarshal.AsSpan(_tokens));
                (fork.Length, fork._computed) = (Length, _computed);
            }

            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    public int RegimeOf(int total) => _model.Network.RotaryRegime(total);

    public int Kept(int length, int total) =>
        RegimeOf(total) != _rotary.Regime || (_state.Exists && length != Length) ? 0 : Math.Min(length, _computed);

    public void ReadRows(int start, int count, Span<float> rows)
    {
        LeaveBatch();
        _cache.Read(start, count, rows);
    }

    public void ReadState(Span<float> state)
    {
        LeaveBatch();
        _state.Read(state);
    }

    public void Restore(ReadOnlySpan<int> tokens, int kept, int regime, IReadOnlyList<(CacheBuffer Rows, int Tokens)> rows, CacheBuffer? state)
    {
        Rewind(kept);
        EnsureCapacity(tokens.Length, filled: tokens.Length);
        int start = 0;
        foreach ((CacheBuffer buffer, int held) in rows)
        {
            int first = Math.Max(kept - start, 0);
            int end = Math.Min(held, tokens.Length - start);
            if (end > first)
            {
                _cache.Write(start + first, buffer.Values, held, first, end - first);
            }

            start += held;
        }

        if (state is not null)
        {
            _state.Write(state.Values);
        }

        BindTables(regime);
        _tokens?.AddRange(tokens[kept..]);
        Length = _computed = tokens.Length;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _batch?.Drop(this);
        _binding.Dispose();
        _single?.Dispose();
        _rotary.Dispose();
        _state.Dispose();
        _step.Dispose();
        _cache.Dispose();
        _adapter.Dispose();
        _options.Dispose();
        _lease.Dispose();
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        LeaveBatch();
        if (tokens.IsEmpty)
        {
            throw new ArgumentException("At least one token must be appended.", nameof(tokens));
        }

        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(tokens), token, $"The model {_model.FolderPath} has {VocabularySize} token ids; its tokenizer may belong to another model.");
            }
        }

        if (tokens.Length > MaxPositions - Length)
        {
            throw new LimitExceededException(nameof(RuntimeOptions.MaxPositions), MaxPositions, (long)Length + tokens.Length, $"The sequence for the model {_model.FolderPath}");
        }
    }

    // Makes room for more tokens, and computes those before them anew where the longer sequence turns them otherwise.
    private void Settle(int more, CancellationToken cancellationToken)
    {
        EnsureCapacity(Length + more, single: more == 1 && TakesSingle(Length + 1));
        int regime = _model.Network.RotaryRegime(Length + more);
        if (regime != _rotary.Regime)
        {
            _computed = 0;
        }

        if (_computed == 0)
        {
            _state.Clear();
        }

        BindTables(regime);
        while (_computed < Length)
        {
            int piece = Math.Min(Length - _computed, _chunk);
            Step(CollectionsMarshal.AsSpan(_tokens).Slice(_computed, piece), 1, cancellationToken);
        }
    }

    // In few sizes, which all sessions share.
    private void BindTables(int regime) =>
        _rotary.Bind((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Math.Max(_cache.Capacity, CacheTiers.First)), (uint)MaxPositions), regime);

    // Where the graph for one token is used the cache grows by an eighth.
    private static int Spare(int length) => (int)Math.Min((((long)length + (length / 8)) / CacheTiers.First * CacheTiers.First) + CacheTiers.First, int.MaxValue);

    private void Run(ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken)
    {
        Step(tokens, rows, cancellationToken);
        Length += tokens.Length;
        _tokens?.AddRange(tokens);
    }

    private void Step(ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _lastIsSingle = tokens.Length == 1 && TakesSingle(_computed + 1);
        try
        {
            if (_lastIsSingle)
            {
                _single!.Run(_options, tokens[0], _computed);
            }
            else
            {
                _step.Prepare(tokens, _computed, rows);
                _session.RunWithBinding(_options, _binding);
            }
        }
        catch (OnnxRuntimeException e)
        {
            // Rows that the step has written lie beyond the length and are never read.
            cancellationToken.ThrowIfCancellationRequested();
            throw StepFailure.Of(e, _model.FolderPath, string.Create(CultureInfo.InvariantCulture, $"{tokens.Length} tokens after {_computed}"));
        }

        _computed += tokens.Length;
        _state.Advance();
    }

    // By the length alone, so that what follows a rewind equals a session that never was longer.
    private bool TakesSingle(int length) => _single is not null && length >= _model.OneTokenFrom;

    private void EnsureCapacity(int length, int filled = 0, bool single = false)
    {
        // The graph for one token computes all rows: more than some spare ones are given back.
        if (length <= _cache.Capacity && !(single && _cache.Capacity > 2 * Spare(length)))
        {
            return;
        }

        int capacity = _single is null ? CacheTiers.For(length, _cache.Capacity, MaxPositions) : Math.Min(Spare(length), MaxPositions);
        _cache.Grow(capacity, Length, filled);
        _cache.Bind(_binding);
        if (_single is not null)
        {
            _cache.Bind(_single.Binding);
            _single.Resize(capacity);
        }
    }
}
