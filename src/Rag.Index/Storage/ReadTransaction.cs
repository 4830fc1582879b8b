namespace Rag.Index.Storage;

/// <summary>One read over one commit.</summary>
internal static class ReadTransaction
{
    /// <summary>Runs a read; again, over a newer commit, where it found a cache ahead of its own (<see cref="StaleReadException"/>).</summary>
    public static T Run<T>(IndexConnection connection, Func<IndexConnection, IndexState, T> read)
    {
        while (true)
        {
            connection.Execute("BEGIN");
            try
            {
                return read(connection, IndexState.Load(connection));
            }
            catch (StaleReadException)
            {
            }
            finally
            {
                connection.Rollback();
            }
        }
    }
}
