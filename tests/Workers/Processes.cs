using System.Globalization;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>What the kernel knows of processes.</summary>
internal static class Processes
{
    /// <summary>Living processes of a worker's group: itself and what it has started.</summary>
    public static IReadOnlyList<int> OfGroup(int group) =>
        [.. All().Where(process => process.Group == group && process.State is not ('Z' or 'X')).Select(process => process.Id)];

    /// <summary>Whether nothing of a worker's group is left, at once or as soon as the kernel has ended it.</summary>
    public static bool End(int group) => SpinWait.SpinUntil(() => OfGroup(group).Count == 0, TimeSpan.FromSeconds(30));

    /// <summary>Lets a process stand still, as one does that waits for a broken disk.</summary>
    public static void Stop(int process) => Signal(process, "-STOP");

    /// <summary>Ends a process as the kernel does that has no memory left.</summary>
    public static void Kill(int process) => Signal(process, "-KILL");

    /// <summary>Living processes that a process has started.</summary>
    public static IReadOnlyList<int> StartedBy(int parent) =>
        [.. All().Where(process => process.Parent == parent && process.State is not ('Z' or 'X')).Select(process => process.Id)];

    private static void Signal(int process, string signal)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static IEnumerable<(int Id, string Name, char State, int Parent, int Group)> All()
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;
            }

            var (open, close) = (text.IndexOf('('), text.LastIndexOf(')'));
            var rest = text[(close + 2)..].Split(' ');
            yield return (
                int.Parse(text[..(open - 1)], CultureInfo.InvariantCulture),
                text[(open + 1)..close],
                rest[0][0],
                int.Parse(rest[1], CultureInfo.InvariantCulture),
                int.Parse(rest[2], CultureInfo.InvariantCulture));
        }
    }
}
