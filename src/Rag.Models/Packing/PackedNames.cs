using System.Globalization;
using Rag.Models.Networks;

namespace Rag.Models.Packing;

/// <summary>What the tensors of packed matrices are called. A matrix that is a part of a tensor is named by the part.</summary>
internal static class PackedNames
{
    /// <summary>The name of a matrix.</summary>
    public static string Of(Weight weight)
    {
        string turned = weight.Transposed ? "/T" : "";
        string rows = weight.Rows is { } part ? string.Create(CultureInfo.InvariantCulture, $"/{part.Groups}.{part.Units}.{part.Start}.{part.Count}") : "";
        return weight.Name + turned + rows;
    }

    /// <summary>The name of matrices one under another.</summary>
    public static string OfStacked(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second) =>
        string.Create(CultureInfo.InvariantCulture, $"{Of(first[0])}/stacked.{first.Count}.{(second.Count > 0 ? Of(second[0]) : "")}");

    public static string Values(string matrix, int bits) => string.Create(CultureInfo.InvariantCulture, $"{matrix}/{(bits == 16 ? "f" : "int")}{bits}");

    /// <summary>The numbers of a matrix that lies turned.</summary>
    public static string Turned(string matrix) => matrix + "/rows8";

    /// <summary>The name of the matrix in the form that rows are looked up in, where products take another.</summary>
    public static string Table(string matrix) => matrix + "/table";

    public static string Scales(string matrix) => matrix + "/scales";

    public static string Zeros(string matrix) => matrix + "/zeros";
}
