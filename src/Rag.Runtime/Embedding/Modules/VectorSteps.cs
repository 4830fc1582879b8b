using Rag.Models.Configuration;

namespace Rag.Runtime.Embedding.Modules;

/// <summary>The steps from a pooled vector to the sentence's, in the order of the model's files. Immutable.</summary>
internal sealed class VectorSteps
{
    private readonly IVectorStep[] _steps;

    private VectorSteps(IVectorStep[] steps, int inputs)
    {
        _steps = steps;
        Dimensions = steps.Length > 0 ? steps[^1].Outputs : inputs;
    }

    /// <summary>Length of the sentence's vector.</summary>
    public int Dimensions { get; }

    /// <summary>The names of the steps, each after a comma; empty for none.</summary>
    public string Name => string.Concat(_steps.Select(step => ", " + step.Name));

    /// <summary>The files that the steps have their numbers from.</summary>
    public IReadOnlyList<string> Files => [.. _steps.SelectMany(step => step.Files)];

    /// <summary>Loads the steps.</summary>
    /// <exception cref="IncompatibleException">A step does not take what the one before it gives.</exception>
    public static VectorSteps Load(IReadOnlyList<VectorModule> modules, int inputs, string folder)
    {
        int size = inputs;
        List<IVectorStep> steps = [];
        foreach (VectorModule module in modules)
        {
            int wanted = module switch { DenseModule dense => dense.Inputs, LayerNormModule norm => norm.Size, _ => size };
            steps.Add(wanted != size
                ? throw new IncompatibleException($"The modules of {folder} do not fit each other: one takes vectors of {wanted}, but gets {size}.", folder)
                : module switch
                {
                    DenseModule dense => new DenseStep(dense),
                    LayerNormModule norm => new LayerNormStep(norm),
                    _ => new NormalizeStep(size),
                });
            size = steps[^1].Outputs;
        }

        return new VectorSteps([.. steps], inputs);
    }

    /// <summary>Takes a pooled vector through all steps.</summary>
    public float[] Apply(float[] pooled)
    {
        float[] from = pooled;
        foreach (IVectorStep step in _steps)
        {
            float[] to = step.Outputs == from.Length && from != pooled ? from : new float[step.Outputs];
            step.Apply(from, to);
            from = to;
        }

        return from;
    }
}
