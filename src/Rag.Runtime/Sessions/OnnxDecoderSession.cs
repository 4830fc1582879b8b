using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>A decoder session on ONNX Runtime.</summary>
internal sealed class OnnxDecoderSession : IDecoderSession
{
    private const int FirstCapacity = 256;

    // Bounds the buffer of AppendAll, 16 MiB of logits.
    private const int MostLogits = 1 << 22;
    private readonly OnnxDecoderModel _model;
    private readonly SharedSession.Lease _lease;
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly KeyValueCache _cache;
    private readonly DecoderStep _step;
    private readonly RunOptions _uncancelled = new();
    private readonly int _chunk;
    private bool _disposed;

    public OnnxDecoderSession(OnnxDecoderModel model, SharedSession shared, int chunk)
    {
        _model = model;
        _lease = shared.Acquire();
        _session = shared.Session;
        _chunk = chunk;
        _binding = _session.CreateIoBinding();
        _cache = new KeyValueCache(model.Network);
        bool positions = _session.InputMetadata.ContainsKey(GraphNames.PositionIds);
        _step = new DecoderStep(_binding, positions, chunk, model.VocabularySize);
    }

    public int VocabularySize => _model.VocabularySize;

    public int MaxPositions => _model.MaxPositions;

    public int Length { get; private set; }

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        Check(tokens);
        using RunOptions? cancellable = cancellationToken.CanBeCanceled ? new RunOptions() : null;
        RunOptions options = cancellable ?? _uncancelled;
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        while (!tokens.IsEmpty)
        {
            int piece = Math.Min(tokens.Length, _chunk);
            Run(tokens[..piece], 1, options, cancellationToken);
            tokens = tokens[piece..];
        }

        return _step.Logits;
    }

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Check(tokens);
        if (logits.Length != (long)tokens.Length * VocabularySize)
        {
            throw new ArgumentException($"{tokens.Length} tokens have {(long)tokens.Length * VocabularySize} logits, but there is room for {logits.Length}.", nameof(logits));
        }

        int most = Math.Clamp(MostLogits / VocabularySize, 1, _chunk);
        while (!tokens.IsEmpty)
        {
            int piece = Math.Min(tokens.Length, most);
            Run(tokens[..piece], piece, _uncancelled, CancellationToken.None);
            _step.Logits.CopyTo(logits);
            logits = logits[_step.Logits.Length..];
            tokens = tokens[piece..];
        }
    }

    public void Rewind(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _binding.Dispose();
        _step.Dispose();
        _cache.Dispose();
        _uncancelled.Dispose();
        _lease.Dispose();
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
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

    private void Run(ReadOnlySpan<int> tokens, int rows, RunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        EnsureCapacity(Length + tokens.Length);
        _step.Prepare(tokens, Length, rows);
        try
        {
            _session.RunWithBinding(options, _binding);
        }
        catch (OnnxRuntimeException e)
        {
            // Rows that the step has written lie beyond the length and are never read.
            cancellationToken.ThrowIfCancellationRequested();
            throw new IncompatibleException($"ONNX Runtime cannot run the model {_model.FolderPath}: {e.Message}", _model.FolderPath, e);
        }

        Length += tokens.Length;
    }

    private void EnsureCapacity(int length)
    {
        if (length <= _cache.Capacity)
        {
            return;
        }

        int capacity = Math.Max(_cache.Capacity, FirstCapacity);
        while (capacity < length)
        {
            capacity = (int)Math.Min(2L * capacity, int.MaxValue);
        }

        capacity = Math.Min(capacity, MaxPositions);
        _cache.Grow(capacity, Length);
        _cache.Bind(_binding);
        IReadOnlyList<RotaryTable> tables = _model.Rotary.For(capacity);
        for (int i = 0; i < tables.Count; i++)
        {
            _binding.BindInput(GraphNames.Cosine(i), tables[i].Cosine);
            _binding.BindInput(GraphNames.Sine(i), tables[i].Sine);
        }
    }
}
