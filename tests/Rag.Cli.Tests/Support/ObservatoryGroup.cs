namespace Rag.Cli.Tests.Support;

/// <summary>The tests that share one index of the example documents.</summary>
[CollectionDefinition(Name)]
public sealed class ObservatoryGroup : ICollectionFixture<ObservatoryFixture>
{
    public const string Name = "observatory";
}
