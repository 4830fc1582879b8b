namespace Rag.Models.Configuration;

/// <summary>What sentence-transformers does with a pooled vector, in the order of modules.json.</summary>
internal abstract record VectorModule;

/// <summary>Division by the L2 norm.</summary>
internal sealed record NormalizeModule : VectorModule;

/// <summary>act(x W^T + b), with "linear.weight" and "linear.bias" in the module's folder.</summary>
internal sealed record DenseModule(string FolderPath, int Inputs, int Outputs, bool Bias, VectorActivation Activation) : VectorModule;

/// <summary>A layer norm, with "norm.weight" and "norm.bias" in the module's folder.</summary>
internal sealed record LayerNormModule(string FolderPath, int Size) : VectorModule;
