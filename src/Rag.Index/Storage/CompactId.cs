using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>
/// The stored form of an id or hash that is often a hash in lower-case hexadecimal: half as many bytes where it is, the text itself
/// where it is not. SQLite tells the two apart, so no two texts share a form.
/// </summary>
internal static class CompactId
{
    private const int Shortest = 16;

    public static object Encode(string id) =>
        id.Length >= Shortest && id.Length % 2 == 0 && id.AsSpan().IndexOfAnyExceptInRange('0', 'f') < 0 && !id.AsSpan().ContainsAnyInRange(':', '`')
            ? Convert.FromHexString(id)
            : id;

    public static string Read(SqliteDataReader row, int column) => row.GetValue(column) switch
    {
        byte[] bytes => Convert.ToHexStringLower(bytes),
        var value => (string)value,
    };
}
