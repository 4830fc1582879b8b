namespace Rag.Models.Networks.Heads;

/// <summary>One layer of a head: norm(activation(linear(x))), without the steps that are not there.</summary>
internal sealed record HeadLayer(LinearDescription? Linear, ActivationKind? Activation = null, NormDescription? Norm = null);
