namespace Nabla.Compression;

/// <summary>Chooses numbers by their rank.</summary>
internal static class Ranking
{
    /// <summary>One for the numbers that stay, zero for the smallest ones, of all parts together; of equal ones the earlier goes first.</summary>
    /// <param name="parts">The numbers.</param>
    /// <param name="share">The share that goes, rounded to the nearest count.</param>
    public static float[][] Kept(float[][] parts, double share)
    {
        float[] all = [.. parts.SelectMany(part => part)];
        int count = (int)Math.Round(share * all.Length, MidpointRounding.ToEven);
        float[][] kept = [.. parts.Select(part => new float[part.Length])];
        if (count == 0)
        {
            Array.ForEach(kept, part => Array.Fill(part, 1));
            return kept;
        }

        Array.Sort(all);
        float limit = all[count - 1];
        int equal = count - Array.FindIndex(all, value => value.Equals(limit));
        for (int part = 0; part < parts.Length; part++)
        {
            for (int index = 0; index < parts[part].Length; index++)
            {
                bool goes = parts[part][index] < limit || (parts[part][index].Equals(limit) && equal-- > 0);
                kept[part][index] = goes ? 0 : 1;
            }
        }

        return kept;
    }
}
