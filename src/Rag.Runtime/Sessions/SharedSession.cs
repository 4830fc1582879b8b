using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// One ONNX Runtime session under several users. It is released when its owner has disposed it and the last lease has
/// ended, so that disposing a model can never pull the weights from under a running step. Thread-safe.
/// </summary>
internal sealed class SharedSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _owned = [];
    private readonly string _location;
    private int _leases;
    private bool _disposed;

    private SharedSession(InferenceSession session, string location, string? notice, InferenceSession? step = null, SharedWeights? weights = null)
    {
        Session = session;
        Step = step;
        _location = location;
        DeviceNotice = notice;
        _owned.AddRange(((IDisposable?[])[weights, session, step]).OfType<IDisposable>());
    }

    public InferenceSession Session { get; }

    /// <summary>The session of <see cref="ModelGraph.Step"/>; null where there is none.</summary>
    public InferenceSession? Step { get; }

    /// <summary>Why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice { get; }

    /// <summary>Loads a graph on CUDA where it can be had and is wanted, else on the processor.</summary>
    public static SharedSession Load(ModelGraph graph, RuntimeOptions options, string location)
    {
        string? reason = DeviceChoice.WhyNotCuda(options);
        SharedSession? cuda = reason is null ? TryLoadOnCuda(graph, options, location, out reason) : null;
        return cuda ?? LoadOnProcessor(graph, options, location, DeviceChoice.Notice(options, reason));
    }

    /// <summary>Loads a graph on CUDA; null, with the reason, where the provider is there, but not its driver or its libraries, or it refuses the graph.</summary>
    public static SharedSession? TryLoadOnCuda(ModelGraph graph, RuntimeOptions options, string location, out string? reason)
    {
        try
        {
            reason = null;
            return Create(graph, options, location, cuda: true, notice: null);
        }
        catch (OnnxRuntimeException e)
        {
            reason = $"its provider cannot be loaded ({e.Message})";
            return null;
        }
    }

    /// <summary>Loads a graph on the processor.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">How to run.</param>
    /// <param name="location">What messages call the model.</param>
    /// <param name="notice">Why another device that was asked for is not used; null where none was.</param>
    /// <exception cref="IncompatibleException">ONNX Runtime refuses the graph.</exception>
    /// <exception cref="UnavailableException">Its library is not there.</exception>
    public static SharedSession LoadOnProcessor(ModelGraph graph, RuntimeOptions options, string location, string? notice)
    {
        try
        {
            return Create(graph, options, location, cuda: false, notice);
        }
        catch (OnnxRuntimeException e)
        {
            throw new IncompatibleException($"ONNX Runtime cannot load the model {location}: {e.Message}", location, e);
        }
    }

    private static SharedSession Create(ModelGraph graph, RuntimeOptions options, string location, bool cuda, string? notice)
    {
        try
        {
            if (!cuda && graph.Step is { } step)
            {
                return CreateBoth(graph, step, options, location, notice);
            }

            using SessionOptions settings = SessionSettings.Create(graph, options, cuda);
            return new SharedSession(new InferenceSession(graph.Bytes, settings), location, notice);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new UnavailableException($"ONNX Runtime's native library cannot be loaded, which the model {location} needs: {(e.InnerException ?? e).Message}", location, e);
        }
    }

    private static SharedSession CreateBoth(ModelGraph graph, ModelGraph step, RuntimeOptions options, string location, string? notice)
    {
        SharedWeights? weights = null;
        InferenceSession? first = null;
        try
        {
            weights = SharedWeights.Open(graph);
            using SessionOptions settings = SessionSettings.Create(graph, options, cuda: false);
            weights.AddTo(settings);
            first = new InferenceSession(graph.Bytes, settings, weights.Prepacked);
            return new SharedSession(first, location, notice, new InferenceSession(step.Bytes, settings, weights.Prepacked), weights);
        }
        catch
        {
            first?.Dispose();
            weights?.Dispose();
            throw;
        }
    }

    /// <summary>Hands over something that must live as long as the session.</summary>
    public void Own(IDisposable value)
    {
        lock (_lock)
        {
            _owned.Add(value);
        }
    }

    /// <summary>Keeps the session alive until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed it.</exception>
    public Lease Acquire()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _leases++;
        }

        return new Lease(this);
    }

    /// <summary>Runs one batch over tensors that the caller holds.</summary>
    /// <exception cref="IncompatibleException">ONNX Runtime cannot run the model.</exception>
    /// <exception cref="ObjectDisposedException">The owner has disposed it.</exception>
    public void Run(RunOptions options, string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs)
    {
        using Lease lease = Acquire();
        try
        {
            Session.Run(options, inputNames, inputs, outputNames, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new IncompatibleException($"ONNX Runtime cannot run the model {_location}: {e.Message}", _location, e);
        }
    }

    /// <summary>The same, which a token ends also within the run.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <inheritdoc cref="Run(RunOptions, string[], OrtValue[], string[], OrtValue[])"/>
    public void Run(string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using RunOptions options = new();
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            Run(options, inputNames, inputs, outputNames, outputs);
        }
        catch (IncompatibleException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_leases > 0)
            {
                return;
            }
        }

        Free();
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_leases > 0 || !_disposed)
            {
                return;
            }
        }

        Free();
    }

    private void Free()
    {
        // What was handed over may lie in memory of what was there before.
        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }
    }

    // One lease is held, so that the session is there even where its owner has disposed it.
    private Lease Share()
    {
        lock (_lock)
        {
            _leases++;
        }

        return new Lease(this);
    }

    /// <summary>A claim on the session; disposing it twice does no harm.</summary>
    public sealed class Lease(SharedSession owner) : IDisposable
    {
        private SharedSession? _owner = owner;

        public InferenceSession Session { get; } = owner.Session;

        /// <summary>The session for one token; null where there is none.</summary>
        public InferenceSession? Step { get; } = owner.Step;

        /// <summary>A second claim, which can be had as long as this one is held.</summary>
        public Lease Share() => (_owner ?? throw new ObjectDisposedException(nameof(Lease))).Share();

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Release();
    }
}
