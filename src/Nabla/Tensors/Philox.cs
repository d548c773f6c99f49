namespace Nabla;

/// <summary>The generator Philox 4x32-10: a key and a counter give 128 random bits (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011).</summary>
internal static class Philox
{
    public const uint Multiplier0 = 0xD2511F53;
    public const uint Multiplier1 = 0xCD9E8D57;
    public const uint Weyl0 = 0x9E3779B9;
    public const uint Weyl1 = 0xBB67AE85;
    public const int Rounds = 10;

    /// <summary>The four random words of a counter.</summary>
    public static (uint A, uint B, uint C, uint D) Block(ulong key, ulong counter, uint stream)
    {
        (uint a, uint b, uint c, uint d) = ((uint)counter, (uint)(counter >> 32), stream, 0u);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * a;
            ulong product1 = (ulong)Multiplier1 * c;
            (a, b, c, d) = ((uint)(product1 >> 32) ^ b ^ key0, (uint)product1, (uint)(product0 >> 32) ^ d ^ key1, (uint)product0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (a, b, c, d);
    }
}
