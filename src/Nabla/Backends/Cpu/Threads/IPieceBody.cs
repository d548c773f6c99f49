namespace Nabla.Backends.Cpu;

/// <summary>
/// Work that <see cref="WorkerPool"/> can cut into pieces without allocating: a struct that holds the arguments.
/// </summary>
internal interface IPieceBody
{
    /// <summary>Does one piece. Pieces run in any order, on any thread, each exactly once.</summary>
    void Run(int piece);
}
