using Microsoft.ML.OnnxRuntime;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Models.Packing.Sources;
using Rag.Runtime.Precision;
using Rag.Runtime.Sessions.Kernels;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>Writes a decoder's graph for the device that it is to run on, and loads it there: in half precision on CUDA, in single precision on the processor.</summary>
internal sealed class DecoderLoader(ModelFolder folder, RuntimeOptions options, AdapterTargets? adapters, IProgress<WeightPackingProgress>? progress)
{
    /// <summary>Loads on CUDA where it can be had and is wanted; null, with the reason, where not.</summary>
    public LoadedDecoder? TryLoadOnCuda(out string? reason, CancellationToken cancellationToken)
    {
        reason = DeviceChoice.WhyNotCuda(options) ?? (options.KeyValues == KeyValuePrecision.Single ? null : "keys and values in eight bits are kept on the processor alone");
        if (reason is not null)
        {
            return null;
        }

        (ModelGraph graph, WeightPrecision precision, string? notice) = Write(OnnxDecoderModel.Resolve(options.Weights), half: true, cancellationToken);
        reason = DeviceChoice.WhyNotCuda(graph.Network);
        SharedSession? shared = reason is null ? SharedSession.TryLoadOnCuda(graph, options, folder.FolderPath, out reason) : null;
        if (shared is null)
        {
            return null;
        }

        try
        {
            using OrtMemoryInfo place = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
            return Loaded(graph, shared, place, cuda: true, precision, notice ?? Notice(precision) ?? "The language model runs in half precision.");
        }
        catch (OnnxRuntimeException e)
        {
            shared.Dispose();
            reason = $"its memory cannot be used ({e.Message})";
            return null;
        }
    }

    /// <summary>Loads on the processor.</summary>
    /// <param name="reason">Why no other device is used.</param>
    /// <param name="cancellationToken">Ends the packing of weights.</param>
    public LoadedDecoder Load(string? reason, CancellationToken cancellationToken)
    {
        KernelChoice choice = Choose(cancellationToken);
        RuntimeOptions chosen = options.With(choice);
        RowsVerdict? rows = options.Weights == WeightPrecision.Auto && options.RoundActivations && choice.Weights == WeightPrecision.Int8Rows
            ? new Int8RowsGuard(folder, chosen, progress).Judge(cancellationToken)
            : null;
        (ModelGraph graph, WeightPrecision precision, string? notice) =
            Write(rows is { Passes: true } ? WeightPrecision.Int8Rows : OnnxDecoderModel.Resolve(options.Weights), half: false, cancellationToken);
        graph = choice.OneTokenFrom == int.MaxValue ? graph with { Step = null } : graph;
        choice = graph.Step is null ? choice with { OneTokenFrom = int.MaxValue } : choice;
        SharedSession shared = SharedSession.LoadOnProcessor(graph, chosen, folder.FolderPath, DeviceChoice.Notice(options, reason));
        return new LoadedDecoder(graph, shared, options.KeyValues == KeyValuePrecision.Int8 ? HostMemory.EightBit : HostMemory.Single, precision, notice ?? Notice(precision), choice) { RowsNotice = rows?.Reason };
    }

    /// <summary>Loads as for CUDA, but on the processor, which runs the same graphs: for tests.</summary>
    public LoadedDecoder LoadAsDevice(CancellationToken cancellationToken)
    {
        (ModelGraph graph, WeightPrecision precision, string? notice) = Write(OnnxDecoderModel.Resolve(options.Weights), half: true, cancellationToken);
        return Loaded(graph, SharedSession.LoadOnProcessor(graph, options, folder.FolderPath, notice: null), OrtMemoryInfo.DefaultInstance, cuda: false, precision, notice);
    }

    /// <summary>Refuses a model that cannot keep keys and values in eight bits.</summary>
    /// <exception cref="UnsupportedException">It cannot.</exception>
    public void RequireEightBits()
    {
        NetworkDescription network = Describe();
        if (network.Kind == NetworkKind.Decoder)
        {
            ModelGraph.WithEightBitCache(folder, network);
        }
    }

    // Only what is left open is timed.
    private KernelChoice Choose(CancellationToken cancellationToken)
    {
        if (!options.ProbeKernels || options.Weights is WeightPrecision.Single or WeightPrecision.Half || Shape() is not { } shape)
        {
            return KernelChoice.Untimed;
        }

        DeviceChoice.EnsureEnvironment();
        KernelChoiceCache cache = new(options.CacheDirectory);
        string key = KernelChoiceCache.KeyOf(shape);
        if (cache.Find(key) is { } known)
        {
            return known;
        }

        KernelProbe probe = new(options.KernelTimer ?? new OnnxKernelTimer(TimeProvider.System, options.KernelProbeLimit), Environment.ProcessorCount);
        KernelChoice choice = probe.Run(shape, cancellationToken);
        if (choice.PromptRatio > 0)
        {
            cache.Keep(key, choice);
        }

        return choice;
    }

    /// <summary>The sizes that kernels are timed at; null where that is not worth it.</summary>
    internal KernelShape? Shape()
    {
        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        return network.Kind == NetworkKind.Decoder && KernelShape.Of(network, options.Threads, options.KernelTimer is not null) is { } shape
            ? shape with { Blocks = FourBits(network, weights) ? ProductForm.FourBitBlocks : ProductForm.EightBitBlocks, Spins = options.AllowSpinning }
            : null;
    }

    // What a checkpoint holds in four bits stays so in blocks; no other is given four bits unasked, since that loses something.
    private bool FourBits(NetworkDescription network, SafetensorsFolder weights) =>
        options.Weights is WeightPrecision.Int4 ||
        (network.Layers[0].Mlp is MlpDescription mlp && new MatrixSources(weights, network.Storage).OpenPacked(mlp.Up.Weight) is { Form.Bits: 4 });

    private NetworkDescription Describe()
    {
        using SafetensorsFolder weights = folder.OpenSource();
        return ArchitectureCatalog.Describe(folder, weights);
    }

    private static LoadedDecoder Loaded(ModelGraph graph, SharedSession shared, OrtMemoryInfo place, bool cuda, WeightPrecision precision, string? notice)
    {
        using SessionOptions settings = SessionSettings.CreateSmall(cuda);
        DeviceMemory memory = new(new OrtAllocator(shared.Session, place), bytes => new InferenceSession(bytes, settings));
        shared.Own(memory);
        return new LoadedDecoder(graph, shared, memory, precision, notice, KernelChoice.Untimed);
    }

    // Who left the choice to us gets an answer in f32 rather than none.
    private (ModelGraph Graph, WeightPrecision Precision, string? Reason) Write(WeightPrecision precision, bool half, CancellationToken cancellationToken)
    {
        if (half && precision == WeightPrecision.Int8Rows)
        {
            // Its operator is the processor's alone.
            precision = WeightPrecision.Int8;
        }

        ModelGraph graph;
        string? reason = null;
        try
        {
            graph = ModelGraph.WritePacked(folder, new PackingOptions(precision, options.RoundActivations, options.CacheDirectory, IntegerKernels.Rounding.WeightSteps, options.KeyValues == KeyValuePrecision.Int8), adapters, half, progress, cancellationToken);
        }
        catch (UnavailableException e) when (options.Weights == WeightPrecision.Auto)
        {
            (graph, precision) = (ModelGraph.Write(folder, adapters, half, options.KeyValues == KeyValuePrecision.Int8), WeightPrecision.Single);
            reason = $"The language model's weights run as f32, since they cannot be packed: {e.Message}";
        }

        return graph.Network.Kind == NetworkKind.Decoder
            ? (graph, precision, reason)
            : throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is an encoder; it cannot generate text.", folder.FolderPath);
    }

    private static string? Notice(WeightPrecision precision) => precision switch
    {
        WeightPrecision.Int8 => "The language model's weights run as int8.",
        WeightPrecision.Int4 => "The language model's weights run as int4.",
        WeightPrecision.Int8Rows => "The language model's weights run as int8, rounded by rows.",
        WeightPrecision.Half => "The language model's weights are held as f16 and computed in f32.",
        WeightPrecision.Stored => "The language model's weights run as they are stored.",
        _ => null,
    };
}
